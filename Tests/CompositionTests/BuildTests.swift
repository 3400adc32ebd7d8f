import Composition
import Testing

@Suite("Which build this is")
struct BuildTests {
    @Test("the version is the release, with the commit once a script has written it")
    func version() throws {
        let pattern = /0\.1\.0(\+[0-9a-f]{12}(\.changed)?)?/
        #expect(try pattern.wholeMatch(in: Build.version) != nil, "\(Build.version)")
    }

    @Test("every package has a version, those that Package.swift names and those that come with them")
    func packages() {
        for name in ["hummingbird", "swift-nio", "swift-collections"] {
            #expect(Build.packages[name]?.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/) != nil, "\(name)")
        }
        #expect(Build.packages.count > 10)
    }
}

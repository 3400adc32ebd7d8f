extension OwnHistory {
    /// The options and the number of items.
    public func archive() -> NPZArchive {
        var archive = NPZArchive([
            NPYArray(name: "algorithm", string: Self.algorithm),
            NPYArray(name: "item_count", number: Double(itemCount)),
            NPYArray(name: "half_life", number: options.halfLife ?? 0),
        ])
        switch options.form {
        case .logarithm: archive.arrays.append(NPYArray(name: "form", string: "logarithm"))
        case .saturated(let s):
            archive.arrays.append(NPYArray(name: "form", string: "saturated"))
            archive.arrays.append(NPYArray(name: "saturation", number: Double(s)))
        }
        return archive
    }

    /// Restores a model.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let itemCount = try archive.integer("item_count", in: 0...Int(Int32.max))
        let form: Options.Form
        switch try archive.string("form") {
        case "logarithm": form = .logarithm
        case "saturated": form = .saturated(try archive.nonNegative("saturation"))
        case let other: throw ArchiveError(.invalidContents, "form", "is \(other), which is not known")
        }
        self.init(itemCount: itemCount, options: Options(form: form, halfLife: try archive.halfLife()))
    }
}

package import Shop

/// What one chunk of a file holds: rows to store and lines that could not be read.
package struct ImportBatch: Sendable {
    package internal(set) var interactions: [NewInteraction] = []
    package internal(set) var malformed: [MalformedLine] = []

    package init() {}
}

/// Reads interactions from a file, a few thousand lines at a time.
///
/// Same file, same rows: event ids are made of the line's own content, so storing a file twice adds nothing.
package protocol InteractionReader {
    /// The numbers so far; final when ``next()`` has returned nil.
    var summary: ImportSummary { get }
    /// How much of the file has been read, 0…1; nil when its length is not known.
    var fractionRead: Double? { get }
    /// The next chunk, or nil at the end of the file. A chunk may be empty.
    mutating func next() throws(ImportError) -> ImportBatch?
}

/// How much text a product may have, in characters. The schema checks names and categories; a description that is far longer
/// does not fit into the search index of its row.
enum CatalogueText {
    static let longestName = 500
    static let longestCategory = 200
    static let longestDescription = 20_000
}

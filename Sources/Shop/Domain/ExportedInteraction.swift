/// An event as ``InteractionRepository/export(upTo:withOrders:_:)`` hands it over.
package struct ExportedInteraction: Sendable {
    package let userKey: Int64
    package let productKey: Int64
    package let type: InteractionType
    /// See ``InteractionType/valueRule``.
    package let value: Float?
    /// Unix seconds.
    package let time: Double
    /// Nil where there is none, or when orders were not asked for.
    package let orderID: String?
}

/// An event with everything that is stored of it, as a data set describes one.
package struct RecordedInteraction: Sendable {
    package let eventID: String
    package let userKey: Int64
    package let productKey: Int64
    package let type: InteractionType
    package let value: Float?
    /// Microseconds since 1970.
    package let microseconds: Int64
    package let sessionID: String?
    package let orderID: String?
    package let requestID: String?
}

import CLibPQ

/// Sending statements. Each call only queues (and tries to send); results come through `PQgetResult`.
extension ServerConnection {
    /// One statement without a name: parse, bind and execute in one round trip.
    func send(_ query: SQLQuery) -> Bool {
        query.withParameters { count, types, values, lengths, formats in
            PQsendQueryParams(pointer, query.sql, count, types, values, lengths, formats, 1) == 1
        }
    }

    /// Several statements by the simple protocol, without parameters.
    func send(script: String) -> Bool { PQsendQuery(pointer, script) == 1 }

    /// Parses a statement and keeps it under a name for this connection.
    func sendPrepare(_ name: String, _ query: SQLQuery) -> Bool {
        query.withParameters { count, types, _, _, _ in PQsendPrepare(pointer, name, query.sql, count, types) == 1 }
    }

    /// Runs a statement that was prepared.
    func sendPrepared(_ name: String, _ query: SQLQuery) -> Bool {
        query.withParameters { count, _, values, lengths, formats in
            PQsendQueryPrepared(pointer, name, count, values, lengths, formats, 1) == 1
        }
    }
}

extension SQLQuery {
    /// Calls `body` with libpq's parallel parameter arrays, made on the stack; the values are not copied.
    fileprivate func withParameters<R>(
        _ body: (
            Int32, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        let count = binds.count
        guard count > 0 else { return body(0, nil, nil, nil, nil) }
        return values.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * count) { numbers in
                    for (index, bind) in binds.enumerated() {
                        var pointer: UnsafePointer<CChar>?
                        if bind.length >= 0 {
                            // A null pointer means NULL, so an empty value needs some address: this array's own.
                            let address =
                                bytes.baseAddress.map { $0 + bind.offset } ?? UnsafeRawPointer(numbers.baseAddress)
                            pointer = address?.assumingMemoryBound(to: CChar.self)
                        }
                        pointers.initializeElement(at: index, to: pointer)
                        numbers.initializeElement(at: index, to: Int32(bitPattern: bind.type.oid))
                        numbers.initializeElement(at: count + index, to: Int32(max(0, bind.length)))
                        numbers.initializeElement(at: 2 * count + index, to: bind.isBinary ? 1 : 0)
                    }
                    guard let first = numbers.baseAddress else { return body(0, nil, nil, nil, nil) }
                    return first.withMemoryRebound(to: Oid.self, capacity: count) { types in
                        body(Int32(count), types, pointers.baseAddress, first + count, first + 2 * count)
                    }
                }
            }
        }
    }
}

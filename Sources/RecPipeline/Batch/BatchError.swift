/// Why a batch failed for a reason of its own; others are the errors of what it uses.
package struct BatchError: Error, Sendable, CustomStringConvertible {
    package struct Code: Sendable, Equatable {
        private enum Value: Sendable, Equatable {
            case unknownModel, validationFailed
        }
        private let value: Value
        /// The pinned model is not stored.
        package static let unknownModel = Code(value: .unknownModel)
        /// The loaded generation is not what its chunks say.
        package static let validationFailed = Code(value: .validationFailed)
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

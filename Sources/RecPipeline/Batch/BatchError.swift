/// Why a batch failed for a reason of its own; others are the errors of what it uses.
package struct BatchError: Error, Sendable, CustomStringConvertible {
    package struct Code: Sendable, Equatable {
        private enum Value: Sendable, Equatable {
            case catalogueChanged, pinnedModelMismatch, unknownModel, validationFailed
        }
        private let value: Value
        /// Products were added or removed between two attempts at one job.
        package static let catalogueChanged = Code(value: .catalogueChanged)
        /// The pinned model was fitted on another catalogue.
        package static let pinnedModelMismatch = Code(value: .pinnedModelMismatch)
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

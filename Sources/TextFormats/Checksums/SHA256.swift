import CCrypto

/// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), computed by OpenSSL's libcrypto: libpq and libcurl load that library
/// into the process in any case, and compiling a second one would cost half as much as everything else of a first build.
///
/// The process ends when libcrypto has no memory for a context of some hundred bytes, or no SHA-256. Nothing else would work
/// then either: TLS and the password exchange of PostgreSQL need both, and no caller could do anything about the error.
package final class SHA256 {
    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            fatalError("libcrypto has no memory left for a SHA-256 context")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes to the message.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
    }

    /// Ends the message. Call it once, and nothing after it.
    /// - Returns: the digest in 64 lower-case hexadecimal digits.
    package func finish() -> String {
        Self.hex(Self.output { EVP_DigestFinal_ex(context, $0, nil) == 1 })
    }

    /// The digest of a message in 64 lower-case hexadecimal digits.
    package static func hex(of message: [UInt8]) -> String {
        hex(output { EVP_Digest(message, message.count, $0, nil, EVP_sha256(), nil) == 1 })
    }

    /// HMAC-SHA-256 of a message: 32 bytes.
    package static func authenticationCode(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        output { HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, $0, nil) != nil }
    }

    private static func output(_ write: (UnsafeMutablePointer<UInt8>) -> Bool) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            guard let base = buffer.baseAddress, write(base) else {
                fatalError("libcrypto has no SHA-256")
            }
            count = 32
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[index * 2] = digits[Int(byte >> 4)]
                text[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }
}

import CCrypto

/// A public key that verifies signatures of JSON Web Tokens: RSA with PKCS #1 v1.5 and SHA-256 (RS256), or ECDSA on P-256 with
/// SHA-256 (ES256). Computed by OpenSSL's libcrypto.
package struct PublicKey: Sendable {
    /// SubjectPublicKeyInfo in DER (RFC 5280). Read again for each signature, which costs less than checking one, and leaves
    /// nothing that threads would share.
    private let info: [UInt8]
    private let isEllipticCurve: Bool

    /// - Parameters: the modulus and the exponent of a JSON Web Key, as bytes.
    /// - Returns: nil for numbers that are no key of 2,048 to 8,192 bits.
    package init?(modulus: [UInt8], exponent: [UInt8]) {
        guard (256...1_024).contains(modulus.drop { $0 == 0 }.count), (1...8).contains(exponent.count) else {
            return nil
        }
        let numbers = DER.sequence(DER.integer(modulus) + DER.integer(exponent))
        // SubjectPublicKeyInfo of rsaEncryption (RFC 3279, section 2.3.1).
        let algorithm: [UInt8] = [
            0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        self.init(info: DER.sequence(algorithm + DER.bits(numbers)), isEllipticCurve: false)
    }

    /// - Parameters: the coordinates of a point on P-256, 32 bytes each.
    /// - Returns: nil for numbers that are no point of the curve.
    package init?(x: [UInt8], y: [UInt8]) {
        guard x.count == 32, y.count == 32 else { return nil }
        // SubjectPublicKeyInfo of id-ecPublicKey on prime256v1 (RFC 5480).
        let algorithm: [UInt8] = [
            0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
            0x03,
            0x01, 0x07,
        ]
        self.init(info: DER.sequence(algorithm + DER.bits([4] + x + y)), isEllipticCurve: true)
    }

    private init?(info: [UInt8], isEllipticCurve: Bool) {
        (self.info, self.isEllipticCurve) = (info, isEllipticCurve)
        guard let key = key() else { return nil }
        EVP_PKEY_free(key)
    }

    /// The caller frees it.
    private func key() -> OpaquePointer? {
        info.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            return d2i_PUBKEY(nil, &position, bytes.count)
        }
    }

    /// - Parameter signature: as a token carries it; of ES256 the two numbers of 32 bytes.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        var signature = signature
        if isEllipticCurve {
            guard signature.count == 64 else { return false }
            signature = DER.sequence(DER.integer(Array(signature[..<32])) + DER.integer(Array(signature[32...])))
        }
        guard let key = key() else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// The little of DER (X.690) that keys and signatures are written in.
private enum DER {
    static func sequence(_ content: [UInt8]) -> [UInt8] { value(0x30, content) }

    /// A number of 0 and more, most significant byte first.
    static func integer(_ number: [UInt8]) -> [UInt8] {
        let digits = Array(number.drop { $0 == 0 })
        // A leading bit would be a sign.
        return value(0x02, (digits.first ?? 0x80) >= 0x80 ? [0] + digits : digits)
    }

    static func bits(_ content: [UInt8]) -> [UInt8] { value(0x03, [0] + content) }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        if count < 0x80 { return [tag, UInt8(count)] + content }
        let length = count < 0x100 ? [UInt8(count)] : [UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}

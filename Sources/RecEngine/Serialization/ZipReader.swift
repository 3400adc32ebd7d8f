/// The members of a zip file in memory: stored or deflated, with the 64-bit extension, checksums compared.
struct ZipReader {
    /// One member as the central directory describes it.
    struct Member {
        var name: String
        var method: Int
        var flags: Int
        var checksum: UInt32
        var compressedSize: Int
        var size: Int
        var offset: Int
    }

    private let bytes: [UInt8]
    /// Members in directory order.
    let members: [Member]

    init(_ bytes: [UInt8]) throws(ArchiveError) {
        self.bytes = bytes
        var (reader, count) = try Self.directory(of: bytes)
        var members: [Member] = []
        var total = 0
        for _ in 0..<count {
            let member = try Self.member(&reader)
            // Members that share bytes would let a small file ask for any amount of memory.
            guard member.compressedSize <= bytes.count - total else {
                throw ArchiveError(.corrupt, member.name, "members overlap")
            }
            total += member.compressedSize
            members.append(member)
        }
        self.members = members
    }

    /// The contents of a member.
    func contents(of member: Member) throws(ArchiveError) -> [UInt8] {
        guard member.flags & 1 == 0 else { throw ArchiveError(.unsupported, member.name, "is encrypted") }
        var reader = ByteReader(bytes, at: member.offset)
        guard try reader.uint32() == 0x0403_4B50 else {
            throw ArchiveError(.notAZip, member.name, "has no local header where the directory says")
        }
        try reader.skip(22)
        let nameLength = try reader.uint16()
        let extraLength = try reader.uint16()
        try reader.skip(nameLength + extraLength)
        let range = try reader.take(member.compressedSize)
        let contents: [UInt8]
        switch member.method {
        case 0:
            guard member.size == member.compressedSize else {
                throw ArchiveError(.corrupt, member.name, "is stored with two different lengths")
            }
            contents = Array(bytes[range])
        case 8:
            guard let inflated = Zlib.inflated(bytes, range, size: member.size) else {
                throw ArchiveError(.corrupt, member.name, "cannot be decompressed to the length it should have")
            }
            contents = inflated
        default:
            throw ArchiveError(.unsupported, member.name, "is compressed by method \(member.method)")
        }
        guard Zlib.checksum(contents[...]) == member.checksum else {
            throw ArchiveError(.corrupt, member.name, "does not match its checksum")
        }
        return contents
    }

    /// A reader at the first directory entry and the number of entries.
    private static func directory(of bytes: [UInt8]) throws(ArchiveError) -> (ByteReader, Int) {
        // The end record is 22 bytes and a comment of at most 65,535.
        var position = bytes.count - 22
        let lowest = max(0, position - 65_535)
        while position >= lowest {
            if bytes[position] == 0x50, bytes[position + 1] == 0x4B, bytes[position + 2] == 0x05,
                bytes[position + 3] == 0x06
            {
                break
            }
            position -= 1
        }
        guard position >= lowest else { throw ArchiveError(.notAZip, "", "there is no zip directory") }
        var end = ByteReader(bytes, at: position + 10)
        var count = try end.uint16()
        try end.skip(4)
        var offset = try end.uint32()
        if offset == 0xFFFF_FFFF || count == 0xFFFF {
            var locator = ByteReader(bytes, at: max(0, position - 20))
            guard position >= 20, try locator.uint32() == 0x0706_4B50 else {
                throw ArchiveError(.notAZip, "", "the 64-bit directory is missing")
            }
            try locator.skip(4)
            var wide = ByteReader(bytes, at: try locator.uint64())
            guard try wide.uint32() == 0x0606_4B50 else {
                throw ArchiveError(.notAZip, "", "the 64-bit directory is not where it should be")
            }
            try wide.skip(28)
            count = try wide.uint64()
            try wide.skip(8)
            offset = try wide.uint64()
        }
        return (ByteReader(bytes, at: offset), count)
    }

    private static func member(_ reader: inout ByteReader) throws(ArchiveError) -> Member {
        guard try reader.uint32() == 0x0201_4B50 else {
            throw ArchiveError(.notAZip, "", "the directory holds something that is not a member")
        }
        try reader.skip(4)
        let flags = try reader.uint16()
        let method = try reader.uint16()
        try reader.skip(4)
        let checksum = UInt32(try reader.uint32())
        let compressedSize = try reader.uint32()
        let size = try reader.uint32()
        let nameLength = try reader.uint16()
        let extraLength = try reader.uint16()
        let commentLength = try reader.uint16()
        try reader.skip(8)
        let offset = try reader.uint32()
        let name = reader.text(try reader.take(nameLength))
        var member = Member(
            name: name,
            method: method,
            flags: flags,
            checksum: checksum,
            compressedSize: compressedSize,
            size: size,
            offset: offset
        )
        let extra = try reader.take(extraLength)
        try widen(&member, from: ByteReader(reader.bytes, at: extra.lowerBound), end: extra.upperBound)
        try reader.skip(commentLength)
        return member
    }

    /// Replaces the lengths that did not fit 32 bits by those of the 64-bit extra field.
    private static func widen(_ member: inout Member, from extra: ByteReader, end: Int) throws(ArchiveError) {
        var extra = extra
        while extra.position + 4 <= end {
            let kind = try extra.uint16()
            let length = try extra.uint16()
            guard kind == 1 else {
                try extra.skip(length)
                continue
            }
            if member.size == 0xFFFF_FFFF { member.size = try extra.uint64() }
            if member.compressedSize == 0xFFFF_FFFF { member.compressedSize = try extra.uint64() }
            if member.offset == 0xFFFF_FFFF { member.offset = try extra.uint64() }
            return
        }
    }
}

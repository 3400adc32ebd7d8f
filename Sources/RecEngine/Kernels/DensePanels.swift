import CKernels

/// Memory in the layout of `ck_gemm_tile`: panels of `width` lanes (12 rows of the left factor or 32 columns of the
/// right one), in a panel depth after depth. Lanes beyond the matrix hold 0, so that a tile at the edge needs no kernel
/// of its own.
struct DensePanels: Sendable {
    /// Lanes of a panel.
    let width: Int
    private let memory: RowStripes<Float>

    /// Room for so many lanes, each `depth` deep.
    init(width: Int, lanes: Int, depth: Int) {
        self.width = width
        memory = RowStripes(count: (lanes + width - 1) / width * width * depth)
    }

    /// The start of a panel when panels are `depth` deep.
    @inline(__always)
    func panel(_ panel: Int, depth: Int) -> UnsafeMutablePointer<Float> {
        memory.pointer(at: panel * width * depth)
    }

    /// Lays out the panels of lanes, the first of which starts a panel. Lane l at depth d is `source[l · laneStride +
    /// d · depthStride]`; one of the strides is 1. Lanes from `end` on are 0.
    func pack(
        lanes: Range<Int>,
        end: Int,
        depth: Int,
        from source: UnsafePointer<Float>,
        laneStride: Int,
        depthStride: Int
    ) {
        for start in stride(from: lanes.lowerBound, to: lanes.upperBound, by: width) {
            let panel = panel(start / width, depth: depth)
            let filled = max(0, min(width, end - start))
            if filled < width { panel.update(repeating: 0, count: width * depth) }
            if laneStride == 1 {
                for deep in 0..<depth {
                    let from = source + start + deep * depthStride
                    (panel + deep * width).update(from: from, count: filled)
                }
            } else {
                for lane in 0..<filled {
                    let from = source + (start + lane) * laneStride
                    let to = panel + lane
                    for deep in 0..<depth { to[deep * width] = from[deep * depthStride] }
                }
            }
        }
    }
}

/// The part of a matrix that tiles are added to.
struct DenseTarget: Sendable {
    let elements: RowStripes<Float>
    let rowCount: Int
    let columnCount: Int

    /// Adds left · right to a tile; at the edge through a tile of its own.
    @inline(__always)
    func addTile(
        row: Int,
        column: Int,
        depth: Int,
        _ left: UnsafePointer<Float>,
        _ right: UnsafePointer<Float>
    ) {
        let corner = elements.pointer(at: row * columnCount + column)
        if row + DenseTile.rows <= rowCount, column + DenseTile.columns <= columnCount {
            ck_gemm_tile(depth, left, right, corner, columnCount)
        } else {
            addEdge(row: row, column: column, depth: depth, left, right, to: corner)
        }
    }

    private func addEdge(
        row: Int,
        column: Int,
        depth: Int,
        _ left: UnsafePointer<Float>,
        _ right: UnsafePointer<Float>,
        to corner: UnsafeMutablePointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: DenseTile.rows * DenseTile.columns) { tile in
            tile.initialize(repeating: 0)
            let sums = tile.baseAddress.unsafelyUnwrapped
            ck_gemm_tile(depth, left, right, sums, DenseTile.columns)
            for i in 0..<min(DenseTile.rows, rowCount - row) {
                for j in 0..<min(DenseTile.columns, columnCount - column) {
                    corner[i * columnCount + j] += sums[i * DenseTile.columns + j]
                }
            }
        }
    }
}

/// The tile of `ck_gemm_tile`.
enum DenseTile {
    static let rows = Int(ck_tile_rows)
    static let columns = Int(ck_tile_columns)
    /// A length both sides of the tile divide.
    static let lanes = 96
}

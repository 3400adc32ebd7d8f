import RealModule

extension Profile {
    /// Replaces `weights` by the entries' weights: saturated, and halved for each half-life an entry is older than the
    /// newest one.
    ///
    /// An entry has one time, that of the last meeting, so its whole weight is as young as that. What cannot be computed
    /// counts nothing.
    func weigh(saturation: Float, halfLife: Double?, into weights: inout [Float]) {
        weights.removeAll(keepingCapacity: true)
        for entry in entries { weights.append(entry.weight.saturated(by: saturation)) }
        guard let halfLife else { return }
        let newest = newestTime
        var place = 0
        for entry in entries {
            let decay = Float(Double.exp2((entry.time - newest) / halfLife))
            weights[place] *= decay.isFinite ? decay : 0
            place += 1
        }
    }

    /// Time of the newest entry whose time is finite; −∞ when there is none.
    var newestTime: Double {
        entries.reduce(-Double.infinity) { $1.time > $0 && $1.time.isFinite ? $1.time : $0 }
    }
}

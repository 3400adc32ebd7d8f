import RealModule

extension ImplicitALS.Options {
    /// Appends the items of a profile that count, with what each adds to the unobserved confidence, which is above 0.
    ///
    /// The same for the fit and for a list, so that a person's factors are those the fit would have found.
    func append(_ profile: Profile, itemCount: Int, indices: inout [Int32], values: inout [Float]) {
        let newest = profile.entries.reduce(-Double.infinity) { $1.time > $0 && $1.time.isFinite ? $1.time : $0 }
        for entry in profile.entries where entry.item >= 0 && Int(entry.item) < itemCount {
            let value = confidence(of: entry, newest: newest)
            guard value > 0, value.isFinite else { continue }
            indices.append(entry.item)
            values.append(value)
        }
    }

    /// α times the weight, saturated, and halved for each half-life that the entry is older than the newest.
    func confidence(of entry: ProfileEntry, newest: Double) -> Float {
        let weight = saturation.map { entry.weight.saturated(by: $0) } ?? entry.weight
        guard let halfLife else { return alpha * weight }
        let decay = Float(Double.exp2((entry.time - newest) / halfLife))
        return alpha * weight * (decay.isFinite ? decay : 0)
    }
}

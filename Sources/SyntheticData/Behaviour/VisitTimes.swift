import RealModule
import RecEngine

/// When one customer visits the shop: the shop's calendar, more in the months that sell what the customer wants.
///
/// Times come out in order without a list of them: if n visits are left, the next is the smallest of n uniform numbers
/// above the latest, on a scale where equal lengths have equal numbers of visits.
struct VisitTimes: Sendable {
    private let calendar: ShoppingCalendar
    /// Share of the customer's visits before the end of each of the calendar's months; the last is 1.
    private var cumulated: [Double]
    /// Share of the customer's visits before the latest.
    private var share: Double

    /// Takes how much the customer is interested in each month (0 … 11), in any unit, and the share of the period that
    /// is over when the customer comes for the first time.
    init(calendar: ShoppingCalendar, interests: [Float], joiningAt share: Double) {
        self.calendar = calendar
        self.share = share
        var sum = 0.0
        cumulated = calendar.months.map { month in
            sum += calendar.share(of: month) * Double(interests[month.number])
            return sum
        }
        for place in cumulated.indices { cumulated[place] /= sum }
    }

    /// Time and month (0 … 11) of the next visit, so many being left. Cost: O(months + log hours).
    mutating func next(visitsLeft: Double, using random: inout SeededGenerator) -> (unixSeconds: Int64, month: Int) {
        let gap = 1 - Double.exp(Double.log(1 - random.uniform()) / visitsLeft)
        share += (1 - share) * gap
        let place = cumulated.firstIndex { share < $0 } ?? cumulated.count - 1
        let before = place == 0 ? 0 : cumulated[place - 1]
        let month = calendar.months[place]
        let rest = min((share - before) / (cumulated[place] - before), 1)
        return (calendar.time(in: month, at: rest), month.number)
    }
}

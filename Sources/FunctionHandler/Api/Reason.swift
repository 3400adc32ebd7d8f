import RecPipeline
import Shop
import TextFormats

/// Why a product is in a customer's list, in the customer's words: never more than the evidence says.
enum Reason: Equatable {
    /// Drawn by exploration.
    case explored
    /// Too new for a model.
    case new
    /// A product of the customer's own makes the largest part of the score.
    case because(StoredList.Occasion, on: CalendarDay?, others: Int)
    /// The product itself is what the customer bought, rated or looked at.
    case again(StoredList.Occasion, on: CalendarDay?)
    /// Of a category that the customer chose.
    case chosenCategory
    /// Popular in the customer's segment.
    case segment
    /// In the list for its popularity.
    case popular
    /// A model ranked it, and says no more than that others want it.
    case others
    /// Demand lifted it more than anything of the customer's own.
    case demand

    init(_ item: RecommendedItem, _ list: ListKind) {
        if item.marks.isExplored {
            self = .explored
        } else if item.marks.isNew {
            self = .new
        } else if let evidence = item.evidence {
            let day = evidence.time > 0 ? CalendarDay(secondsSince1970: evidence.time) : nil
            if list == .buyAgain, evidence.position == item.position {
                self = .again(.bought, on: day)
            } else if list == .buyAgain {
                self = Self.because(evidence, item, day)
            } else if item.marks.isInDemand, evidence.share < Self.notableShare, item.marks.others == 0 {
                self = .demand
            } else {
                self = Self.because(evidence, item, day)
            }
        } else {
            switch item.basis {
            case .preferences: self = .chosenCategory
            case .segment: self = .segment
            case .popular where item.marks.isInDemand: self = .demand
            case .popular: self = item.marks.isFiller ? .popular : .others
            }
        }
    }

    /// A share of the score from which a product of the customer's own says more than demand does.
    private static let notableShare: Float = 0.25

    private static func because(
        _ evidence: RecommendedItem.Evidence,
        _ item: RecommendedItem,
        _ day: CalendarDay?
    ) -> Reason {
        evidence.position == item.position
            ? .again(item.marks.occasion, on: day)
            : .because(item.marks.occasion, on: day, others: item.marks.others)
    }

    /// Writes the sentence. The year is left out of a day of the last ten months.
    func write(
        _ item: RecommendedItem,
        _ cards: ProductCards.Fragments,
        asOf today: CalendarDay,
        to writer: inout JSONWriter
    ) {
        switch self {
        case .explored: writer.value("Something different")
        case .new: writer.value("New in ", cards.categories, at: item.position, "")
        case .because(let occasion, let day, let others):
            let more = others == 0 ? "" : " and \(others) other\(others == 1 ? "" : "s")"
            let rest = Self.on(day, today) + more
            let source = item.evidence?.position ?? item.position
            switch occasion {
            case .bought: writer.value("Because you bought ", cards.names, at: source, rest)
            case .rated: writer.value("Because you rated ", cards.names, at: source, rest)
            case .viewed: writer.value("Because you looked at ", cards.names, at: source, rest)
            }
        case .again(.bought, let day): writer.value("You bought this" + Self.on(day, today))
        case .again(.rated, let day): writer.value("You rated this" + Self.on(day, today))
        case .again(.viewed, let day): writer.value("You looked at this" + Self.on(day, today))
        case .chosenCategory: writer.value("Popular in ", cards.categories, at: item.position, ", which you chose")
        case .segment: writer.value("Popular with customers like you")
        case .popular: writer.value("Popular right now")
        case .others: writer.value("Popular with other customers")
        case .demand: writer.value("Selling fast this week")
        }
    }

    private static func on(_ day: CalendarDay?, _ today: CalendarDay) -> String {
        day.map { " on \($0.words(asOf: today))" } ?? ""
    }
}

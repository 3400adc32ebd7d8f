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
        writer.text { text in
            switch self {
            case .explored: text.part("Something different")
            case .new:
                text.part("New in ")
                text.part(cards.categories, at: item.position)
            case .because(let occasion, let day, let others):
                switch occasion {
                case .bought: text.part("Because you bought ")
                case .rated: text.part("Because you rated ")
                case .viewed: text.part("Because you looked at ")
                }
                let source = item.evidence?.position ?? item.position
                text.part(cards.cards, at: source, cards.name(at: source))
                Self.write(day, today, to: &text)
                guard others > 0 else { return }
                text.part(" and ")
                text.part(others)
                text.part(others == 1 ? " other" : " others")
            case .again(let occasion, let day):
                switch occasion {
                case .bought: text.part("You bought this")
                case .rated: text.part("You rated this")
                case .viewed: text.part("You looked at this")
                }
                Self.write(day, today, to: &text)
            case .chosenCategory:
                text.part("Popular in ")
                text.part(cards.categories, at: item.position)
                text.part(", which you chose")
            case .segment: text.part("Popular with customers like you")
            case .popular: text.part("Popular right now")
            case .others: text.part("Popular with other customers")
            case .demand: text.part("Selling fast this week")
            }
        }
    }

    private static func write(_ day: CalendarDay?, _ today: CalendarDay, to text: inout JSONWriter) {
        guard let words = day?.words(asOf: today) else { return }
        text.part(" on ")
        text.part(words.day)
        text.part(" ")
        text.part(words.month)
        guard let year = words.year else { return }
        text.part(" ")
        text.part(year)
    }
}

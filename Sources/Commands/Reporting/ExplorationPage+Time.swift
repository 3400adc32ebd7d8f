import RecEngine
import RecPipeline
import Reports
import TextFormats

/// When customers come, and whether they come back.
extension ExplorationPage {
    var time: Section {
        let calendar = statistics.calendar
        let weeks = calendar.weeks
        func track(_ name: String, _ value: (EventCalendar.Week) -> Int) -> TimeSeries.Track {
            TimeSeries.Track(name, weeks.map { (CalendarDay(number: $0.firstDay), Double(value($0))) })
        }
        var blocks: [Block] = [
            .paragraph(
                "All times are taken as they stand in the data, as UTC. A recommender that forgets slowly suits a shop whose "
                    + "lines are level; where they rise, fall or have seasons, recent events should count more."
            ),
            .figure(
                Figure(
                    TimeSeries(
                        title: "Events per week",
                        tracks: [track("Events", \.events)],
                        period: .week,
                        y: Axis("Events per week"),
                        lastIsOpen: calendar.lastWeekIsOpen
                    ),
                    caption:
                        "Look for growth, seasons and gaps. A gap that the shop cannot explain is a gap in the data."
                )
            ),
            .figure(
                Figure(
                    TimeSeries(
                        title: "Customers per week, and how many of them are new",
                        tracks: [track("Customers", \.customers), track("New", \.newCustomers)],
                        period: .week,
                        y: Axis("Customers per week"),
                        lastIsOpen: calendar.lastWeekIsOpen
                    ),
                    caption: newCustomers
                )
            ),
        ]
        if calendar.isCut {
            blocks.append(
                .note(
                    "Only the last \(EventCalendar.mostWeeks) weeks are drawn. Is a date wrong? The first event is of "
                        + "\(statistics.period.map { Wording.day($0.lowerBound) } ?? "–")."
                )
            )
        }
        blocks += retention
        blocks.append(
            .figure(
                Figure(
                    HeatMap.hoursOfWeek(
                        title: "Events by hour and weekday",
                        values: calendar.hours.map { $0.map(Double.init) },
                        measure: Axis("Events")
                    ),
                    caption: hours
                )
            )
        )
        return Section("Engagement over time", blocks)
    }

    private var newCustomers: String {
        let weeks = statistics.calendar.weeks
        let late = weeks.suffix(max(1, weeks.count / 4))
        let all = late.reduce(0) { $0 + $1.customers }
        let new = late.reduce(0) { $0 + $1.newCustomers }
        guard all > 0 else { return "A customer is new in the week of the first event." }
        return
            "A customer is new in the week of the first event, so at the start of the data all are. In the last quarter of "
            + "the time \(Wording.percent(Double(new) / Double(all))) of the weekly customers were new: for them, only "
            + "best-sellers and what they do in their first visit can be used."
    }

    private var retention: [Block] {
        let months = statistics.calendar.retention
        guard let first = months.first, months.count > 1 else { return [] }
        let points = months.map {
            Series.Point(Double($0.number), Double($0.active) / Double($0.customers))
        }
        return [
            .figure(
                Figure(
                    LineChart(
                        title: "Customers who come back",
                        series: [Series("Active", points)],
                        x: Axis("Months after the first event", unit: "30 days each"),
                        y: Axis("Share of customers with an event in the month", format: .percent())
                    ),
                    caption:
                        "The share of customers who did something in the first, second, third month after they began: "
                        + "\(Wording.percent(Double(first.active) / Double(first.customers))) in the first. A level line is a "
                        + "loyal core; one that falls to the ground says that customers come once. Customers for whom a month "
                        + "is not over are not counted in it, so late months show the oldest customers alone, in the latest season."
                )
            )
        ]
    }

    private var hours: String {
        let values = statistics.calendar.hours
        let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        let busiest = (0..<7).flatMap { day in (0..<24).map { (day, $0) } }.max { left, right in
            (values[left.0][left.1], right.0, right.1) < (values[right.0][right.1], left.0, left.1)
        }
        let quiet = (0..<7).filter { values[$0].allSatisfy { $0 == 0 } }.map { names[$0] + "s" }
        var text = "The darker, the more events."
        if let busiest, values[busiest.0][busiest.1] > 0 {
            text += " The busiest hour is \(names[busiest.0]) at \(busiest.1):00: lists should be fresh before it."
        }
        if !quiet.isEmpty && quiet.count < 7 { text += " There is nothing on \(Wording.list(quiet))." }
        return text
    }
}

import RecEngine
import ReportTestSupport
import Shop
import Testing

@testable import RecPipeline
@testable import ReportPages
@testable import Reports

@Suite("Pages about data and models")
struct ReportPageTests {
    private func read(_ page: Page) throws -> WellFormed {
        let html = page.html()
        #expect(!html.contains("<script"))
        #expect(!html.contains("nan") || !html.lowercased().contains(">nan"))
        return try WellFormed(html)
    }

    private func headings(_ page: WellFormed) -> Int { page.elements.count { $0.name == "h2" } }
    private func figures(_ page: WellFormed) -> Int { page.elements.count { $0.name == "figure" } }

    @Test("exploration shows sparsity, the long tail, time, kinds, orders, repeats and checks")
    func exploration() throws {
        let page = ExplorationPage(MadeUpShop(types: [.purchase, .view, .addToCart]).request()).page
        let read = try read(page)
        #expect(
            page.sections.map(\.heading) == [
                "Where the data come from", "How thinly the data is spread", "The long tail", "Engagement over time",
                "What customers do", "Orders, prices, categories", "Buying again", "Checks of the data",
            ]
        )
        #expect(figures(read) >= 12)
        #expect(read.text.contains("Gini"))
    }

    @Test("a kind of events that stands alone has no section")
    func oneKind() {
        let page = ExplorationPage(MadeUpShop().request()).page
        #expect(!page.sections.contains { $0.heading == "What customers do" })
    }

    @Test("what is missing from the data is named, with what to do")
    func missing() throws {
        let shop = MadeUpShop(hasNames: false, hasPrices: false, hasCategories: false)
        let text = try read(ExplorationPage(shop.request()).page).text
        for words in ["have no name", "have no category", "have no price", "Add names to the products file"] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test("collaborative has curves, comparison, products alike and customers with reasons")
    func collaborative() async throws {
        let request = MadeUpShop().request(models: ["popularity", "item_knn", "ease"])
        var steps: [(String, Double)] = []
        let page = try await CollaborativePage(request).page { steps.append(($0, $1)) }
        let read = try read(page)
        #expect(
            page.sections.map(\.heading).suffix(3) == [
                "What the lists show", "Products alike", "A customer's list, and why",
            ]
        )
        #expect(figures(read) == 6)
        #expect(read.text.contains("Recommended to this customer"))
        #expect(read.text.contains("red lamp 1"))
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.1 <= $1.1 }, "progress goes back")
        #expect(steps.allSatisfy { (0...1).contains($0.1) })
    }

    @Test("content shows words, vectors, products alike, and says whether it wins or loses")
    func content() async throws {
        let page = try await ContentPage(MadeUpShop().request()).page { _, _ in }
        let read = try read(page)
        #expect(
            page.sections.map(\.heading) == [
                "How to read this page", "Words and vectors", "Products alike", "How settings matter",
                "What content is worth",
            ]
        )
        #expect(read.text.contains("What the same category adds"))
        #expect(read.text.contains("item_knn, which knows only what customers do"))
    }

    @Test("content without a word about products says what to do instead of failing")
    func silence() async throws {
        let shop = MadeUpShop(hasNames: false, hasCategories: false)
        let text = try read(try await ContentPage(shop.request()).page { _, _ in }).text
        #expect(text.contains("Add them to the products file"))
    }

    @Test("evaluation compares, tests, explains the choice with all its options, and says what loses")
    func evaluation() async throws {
        let request = MadeUpShop().request(models: ["popularity", "popularity_30d", "item_knn", "own_history"])
        let page = try await EvaluationPage(request) { _, _ in }.page
        let text = try read(page).text
        #expect(
            page.sections.map(\.heading) == [
                "How models were judged", "Products new to the customer", "Repeats allowed", "The choice, and why",
                "What loses", "What these figures do not say",
            ]
        )
        for words in ["p, adjusted", "has the highest nDCG@5", "spelled out, every option", "Last is "] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(text.contains("halfLife") && text.contains(" days"))
        #expect(!text.contains("trains on the future"))
    }

    /// What a batch stores, written and read again.
    private func stored(_ report: EvaluationReport?, _ entry: LineUp.Entry) throws -> ModelChoice {
        let choice = ModelChoice(
            entry,
            verdict: "\(entry.name) is best of all.",
            reason: "no model is live yet",
            report: report,
            candidates: [.init(entry.name)],
            events: 1_234,
            judgedAt: 1_323_435_000
        )
        return try ModelChoice(json: try choice.json())
    }

    @Test("a job's stored evaluation has the decision first, then the figures that need no single customers")
    func storedEvaluation() async throws {
        let request = MadeUpShop().request(models: ["popularity", "item_knn"])
        let run = try await EvaluationRun(request, targets: .newItems) { _, _ in }
        let choice = try stored(run.report, try LineUp.standard.selecting(["item_knn"])[0])
        let page = EvaluationPage(choice, jobID: "job-000007", version: "test").page
        #expect(
            page.sections.map(\.heading) == [
                "The decision", "How models were judged", "Products new to the customer", "The choice, and why",
                "What loses", "What these figures do not say",
            ]
        )
        let text = try read(page).text
        for words in [
            "item_knn is best of all.", "no model is live yet", "1,234 events", "job-000007", "nDCG@5 of all models",
            "p, adjusted", "Coverage",
        ] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test("a shop too small to judge has a page with the decision and the model's options alone")
    func storedWithoutReport() throws {
        let choice = try stored(nil, try LineUp.standard.selecting(["ease_demand"])[0])
        let page = EvaluationPage(choice, jobID: "job-000001", version: "test").page
        #expect(page.sections.map(\.heading) == ["The decision"])
        #expect(try read(page).text.contains("ease_demand spelled out, every option"))
    }

    @Test("a split that trains on the future is warned of")
    func future() async throws {
        let request = MadeUpShop().request(models: ["popularity", "item_knn"], split: .leaveLastOut)
        let text = try read(try await EvaluationPage(request) { _, _ in }.page).text
        #expect(text.contains("This split trains on the future"))
    }

    @Test("one customer is enough for every page but evaluation, which says what is missing")
    func smallest() async throws {
        let request = MadeUpShop.smallest.request()
        #expect(try headings(read(ExplorationPage(request).page)) > 5)
        let collaborative = try read(try await CollaborativePage(request).page { _, _ in })
        #expect(collaborative.text.contains("Nothing could be judged"))
        _ = try read(try await ContentPage(request).page { _, _ in })
        await #expect(throws: OfflineEvaluation.NothingToJudge.self) {
            _ = try await EvaluationPage(request) { _, _ in }
        }
    }

    @Test("a product's name cannot bring markup into any page")
    func hostile() async throws {
        let name = "</title><script>alert(\"x\")</script><img src=x onerror=alert(1)>"
        let request = MadeUpShop(customers: 30, products: 8, hostileName: name).request(models: [
            "popularity", "item_knn",
        ])
        let pages = [
            ExplorationPage(request).page, try await CollaborativePage(request).page { _, _ in },
            try await ContentPage(request).page { _, _ in }, try await EvaluationPage(request) { _, _ in }.page,
        ]
        for page in pages {
            let read = try read(page)
            #expect(!read.elements.contains { $0.name == "script" || $0.name == "img" })
        }
        #expect(try read(pages[0]).text.contains("&lt;script&gt;"))
    }

    @Test("of models that are equal one is called best, everywhere the same")
    func ties() async throws {
        let shop = MadeUpShop(customers: 12, products: 2)
        let run = try await EvaluationRun(shop.request(models: ["popularity", "popularity_30d"]), targets: .allItems) {
            _,
            _ in
        }
        #expect(run.ranking.first?.model == run.report.best)
        #expect(run.belowBaseline.isEmpty)
    }

    @Test("a shop of few customers is told that figures show chance")
    func few() async throws {
        let request = MadeUpShop(customers: 20).request(models: ["popularity", "item_knn"])
        let collaborative = try read(try await CollaborativePage(request).page { _, _ in }).text
        #expect(collaborative.contains("figures show chance more than settings"))
        let evaluation = try read(try await EvaluationPage(request) { _, _ in }.page).text
        #expect(evaluation.contains("intervals are wide"))
    }

    @Test("the same events give the same page")
    func deterministic() {
        let request = MadeUpShop().request()
        #expect(ExplorationPage(request).page.html() == ExplorationPage(request).page.html())
    }
}

@Suite("A configuration spelled out")
struct ConfigurationFactsTests {
    @Test("every option has its name and half-lives are in days")
    func options() throws {
        let facts = ConfigurationFacts.facts(try LineUp.standard.selecting(["buy_again"])[0])
        func value(_ name: String) -> String? { facts.first { $0.name == name }?.value }
        #expect(facts.first == Fact("Name", "buy_again"))
        #expect(value("model · part 2 · algorithm") == "ease")
        #expect(value("model · part 2 · fitHalfLife") == "45 days")
        #expect(value("model · part 2 · memoryLimit") == "2,048 MB")
        #expect(value("model · algorithm") == "hybrid")
        #expect(value("demand · recentHalfLife") == "10 days")
        #expect(value("model · part 2 · weight") == "1")
    }
}

import Experiments
package import FoundationEssentials
package import Shop
import Threading

/// Off-policy estimates that administrators ask for over HTTP: one at a time in the shop, worked on beside the server, and kept
/// where every instance finds it until the next is asked for.
package struct OffPolicyRequests: Sendable {
    /// What was asked for, and what came of it.
    package struct Estimate: Codable, Sendable, Equatable {
        package enum Status: String, Codable, Sendable, CaseIterable {
            case running
            /// There are figures.
            case done
            /// The log is too small for this candidate.
            case refused
            /// It could not be worked out.
            case failed
        }

        package struct Bounds: Codable, Sendable, Equatable {
            package var estimate: Double
            package var lower: Double
            package var upper: Double

            init(_ interval: Interval) {
                (estimate, lower, upper) = (interval.estimate, interval.lower, interval.upper)
            }
        }

        package var status = Status.running
        package var requestedAt: Date
        /// Whoever works on it has ended by then.
        package var until: Date
        package var endedAt: Date?
        package var settings: RecommenderSettings
        /// Why there are no figures.
        package var reason: String?
        package var generations: [Int64] = []
        package var impressions = 0
        package var users = 0
        /// Click rate of what was shown.
        package var logged: Double?
        package var ips: Bounds?
        package var snips: Bounds?
        package var effectiveSize: Double?

        init(_ settings: RecommenderSettings, requestedAt: Date, until: Date) {
            (self.settings, self.requestedAt, self.until) = (settings, requestedAt, until)
        }
    }

    /// Another one is being worked on.
    package struct Busy: Error, Sendable {
        package var estimate: Estimate
    }

    private let config: AppConfigRepository
    private let replay: OffPolicyReplay
    /// How long one may take: within the ten minutes of a consumption plan's invocation, though none is needed.
    private let limit: Duration

    package init(config: AppConfigRepository, replay: OffPolicyReplay, limit: Duration = .seconds(540)) {
        (self.config, self.replay, self.limit) = (config, replay, limit)
    }

    /// The newest one; nil before the first. One whose process ended before it was done says so.
    package func newest(now: Date = Date()) async throws -> Estimate? { try await stored(now).estimate }

    /// Writes down what is asked for; ``work(now:)`` does it.
    /// - Throws: ``Busy`` while another one is worked on.
    package func ask(_ settings: RecommenderSettings, now: Date = Date()) async throws -> Estimate {
        let (known, version) = try await stored(now)
        if let known, known.status == .running { throw Busy(estimate: known) }
        // A minute more: what the limit ends has to be written down too.
        let until = now.addingTimeInterval(Double(limit.components.seconds) + 60)
        let estimate = Estimate(settings, requestedAt: now, until: until)
        do {
            _ = try await config.write(.offPolicy, json: try Self.json(estimate), ifVersion: version)
        } catch let conflict as AppConfigRepository.VersionConflict {
            guard let other = try await stored(now).estimate else { throw conflict }
            throw Busy(estimate: other)
        }
        return estimate
    }

    /// Works on what was asked for, if anything was, and writes down what came of it.
    package func work() async throws {
        let (asked, version) = try await stored(Date())
        guard var estimate = asked, estimate.status == .running else { return }
        do {
            let settings = estimate.settings
            let report = try await withDeadline(limit) { try await replay.run(settings) }
            estimate.take(report)
        } catch let nothing as OffPolicyReplay.NothingLogged {
            (estimate.status, estimate.reason) = (.refused, "\(nothing)")
        } catch let error as DeadlineExceeded {
            (estimate.status, estimate.reason) = (
                .failed, "\(error); the command offpolicy has no limit"
            )
        } catch let error where !(error is CancellationError) {
            (estimate.status, estimate.reason) = (.failed, "\(error)")
        }
        estimate.endedAt = Date()
        do {
            _ = try await config.write(.offPolicy, json: try Self.json(estimate), ifVersion: version)
        } catch is AppConfigRepository.VersionConflict {
            // It took longer than it was given, and somebody has asked anew.
        }
    }

    private func stored(_ now: Date) async throws -> (estimate: Estimate?, version: Int64) {
        guard let document = try await config.find(.offPolicy) else { return (nil, 0) }
        var estimate = try JSONDecoder().decode(Estimate.self, from: Data(document.json.utf8))
        if estimate.status == .running, now >= estimate.until {
            estimate.status = .failed
            estimate.reason = "the process that worked on it ended before it was done; ask again"
        }
        return (estimate, document.version)
    }

    private static func json(_ estimate: Estimate) throws -> String {
        String(decoding: try JSONEncoder().encode(estimate), as: UTF8.self)
    }
}

extension OffPolicyRequests.Estimate {
    fileprivate mutating func take(_ report: OffPolicyReplay.Report) {
        generations = report.generations
        impressions = report.impressions
        users = report.users
        switch report.estimate {
        case .success(let found):
            status = .done
            logged = found.logged
            effectiveSize = found.effectiveSize
            ips = Bounds(found.ips)
            snips = Bounds(found.snips)
        case .failure(let refusal):
            status = .refused
            reason = "\(refusal)"
        }
    }
}

package import FoundationEssentials
import Postgres

/// How the models that competed in one job were judged.
package struct ModelEvaluation: Sendable, Equatable {
    package var jobID: String
    package var judgedAt: Date
    /// The candidate that won.
    package var chosen: String?
    /// The choice in words.
    package var verdict: String?
    /// Why models were judged.
    package var reason: String?
    /// Nil where the shop was too small to judge.
    package var usersJudged: Int64?
    /// JSON array of `{"model", "error", "metrics": {"ndcg@10": {"mean", "lower", "upper"}}, "coverage"}`.
    package var modelsJSON: String
}

extension BatchJobRepository {
    /// The newest evaluations for everybody's lists, newest first. Only what a table or a chart shows: a whole one has figures of
    /// every group of customers.
    package func evaluations(limit: Int) async throws -> [ModelEvaluation] {
        try await database.query(
            """
            SELECT job_id, coalesce(completed_at, started_at, requested_at), evaluation->'chosen'->>'name',
                evaluation->>'verdict', evaluation->>'reason',
                (evaluation->'report'->'split'->>'users_judged')::bigint,
                coalesce((
                    SELECT jsonb_agg(jsonb_build_object('model', m->'model', 'error', m->'error', 'metrics',
                        coalesce(m->'metrics', '{}'), 'coverage', m->'lists'->'10'->'catalogueCoverage'))
                    FROM jsonb_array_elements(
                        CASE jsonb_typeof(evaluation->'report'->'models') WHEN 'array' THEN evaluation->'report'->'models'
                        ELSE '[]' END) AS m
                ), '[]')::text
            FROM batch_jobs WHERE evaluation IS NOT NULL AND variant = \(Variant.default.name)
            ORDER BY fencing_token DESC NULLS LAST LIMIT \(limit)
            """
        ).map { row in
            ModelEvaluation(
                jobID: try row.decode(String.self, at: 0),
                judgedAt: try row.decode(Date.self, at: 1),
                chosen: try row.decode(String?.self, at: 2),
                verdict: try row.decode(String?.self, at: 3),
                reason: try row.decode(String?.self, at: 4),
                usersJudged: try row.decode(Int64?.self, at: 5),
                modelsJSON: try row.decode(String.self, at: 6)
            )
        }
    }
}

using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Validation;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Verifying;

/// <summary>Checks how a task is to be verified, before its creation.</summary>
internal static class VerifyRules
{
    public const long StandardDeadlineMs = 600_000;
    private const long LeastDeadlineMs = 100;
    private const long MostDeadlineMs = 30L * 86_400_000;
    private const int MostReviews = 9;
    private const int MostExcluded = 100;
    private const string SchemaField = "verify.schema";

    public static Error? Problem(TaskSpec spec)
    {
        if (spec.Exclude is { } exclude)
        {
            if (exclude.Count > MostExcluded) return Bad($"exclude has at most {MostExcluded} entries; there were {exclude.Count}.");
            if (exclude.FirstOrDefault(a => !Ids.IsValid(a)) is { } wrong) return Bad(Ids.Rule("exclude", wrong));
        }

        if (spec.Verify is not { } verify) return null;
        if (verify.Schema.IsNull && verify.Review is null) return Bad("verify has a schema, a review, or both.");
        if (verify.DeadlineMs is { } ms && ms is < LeastDeadlineMs or > MostDeadlineMs)
            return Bad($"verify.deadline_ms is {LeastDeadlineMs} to {MostDeadlineMs}; it was {verify.DeadlineMs}.");

        // Here too, for the tasks of schedules and workflows: only those that a request creates had their schemas checked outside the loop.
        if (!verify.Schema.IsNull && JsonSchemas.Unbounded(SchemaField, verify.Schema) is { } unbounded) return unbounded;
        if (verify.Review is not { } review) return null;
        if (review.Count is { } count && (count is < 1 or > MostReviews || count % 2 == 0))
            return Bad($"verify.review.count is odd, 1 to {MostReviews}; it was {count}.");
        if (review.Type is { } type && !Ids.IsValid(type)) return Bad(Ids.Rule("verify.review.type", type));
        return review.Requires is { } requires && CapabilityRules.Problem("verify.review.requires", requires) is { } problem ? Bad(problem) : null;
    }

    /// <summary>Checks the schema. It can take long, so it runs outside the owner's loop.</summary>
    public static Error? SchemaProblem(TaskSpec? spec) =>
        spec?.Verify?.Schema is { IsNull: false } schema ? JsonSchemas.Problem(SchemaField, schema) : null;

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}

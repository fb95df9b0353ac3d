using System.CommandLine;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The options for the checks of a task's result.</summary>
internal sealed class VerifyOptions
{
    private readonly Option<string?> _schema = new("--verify-schema")
    {
        Description = "A JSON schema that the result must satisfy; @FILE reads a file, - standard input.",
        HelpName = "json|@file|-",
    };

    private readonly Option<ReviewSpec?> _review = FlowKeys.Option(
        "--verify-review", "TYPE[:COUNT]", "Other agents check the result in COUNT tasks of this type, default 1; more than half of them decide.",
        Review);
    private readonly Option<Dictionary<string, double>> _requires =
        Capabilities.Option(
            "--verify-requires", "A capability of a reviewer, and its minimum proficiency. May be repeated. Requires --verify-review.", standard: 0);
    private readonly Option<long?> _deadline = new("--verify-deadline-ms") { Description = "The time for all checks. Default: 10 minutes." };

    public IEnumerable<Symbol> All => [_schema, _review, _requires, _deadline];

    public async Task<VerifySpec?> ReadAsync(HubCall call)
    {
        var (schema, review, requires) = (call.Get(_schema), call.Get(_review), call.Get(_requires));
        if (review is null && requires is { Count: > 0 }) throw new CliException("--verify-requires requires --verify-review.", ExitCodes.Usage);
        if (schema is null && review is null)
        {
            return call.Get(_deadline) is null
                ? null
                : throw new CliException("--verify-deadline-ms requires --verify-schema or --verify-review.", ExitCodes.Usage);
        }

        return new VerifySpec
        {
            Schema = schema is null ? default : await TaskInput.JsonAsync(schema, "--verify-schema", "--verify-schema '{\"type\":\"object\"}'", call.Cancel),
            Review = review is null ? null : review with { Requires = requires is { Count: > 0 } ? requires : null },
            DeadlineMs = call.Get(_deadline),
        };
    }

    // A type may contain colons, so the last part is a count only if it is a number.
    private static ReviewSpec Review(string text) => FlowKeys.Split(text) is var (type, count)
        ? new ReviewSpec { Type = type, Count = (int)Math.Clamp(count, int.MinValue, int.MaxValue) }
        : new ReviewSpec { Type = text };
}

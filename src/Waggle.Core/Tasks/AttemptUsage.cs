using System.Globalization;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The usage of the last attempt of a task, one entry for each model. Pure.</summary>
internal static class AttemptUsage
{
    /// <summary>The greatest number of models of one attempt.</summary>
    public const int MaxModels = 16;

    /// <summary>Adds a report to the attempt.</summary>
    /// <returns>The task with the report, and its record; a null record if the report says nothing new.</returns>
    public static (TaskEntity Task, TaskUsed? Record, Error? Error) Report(TaskEntity task, Usage report, in DecisionContext context)
    {
        var lease = (task.Lease ?? task.Lapsed)!;
        var (record, error) = Record(task, task.AttemptUsage, report, lease.Agent, lease.Attempt, context);
        return record is null ? (task, null, error) : (TaskEvolver.Evolve(task, record, context.Now), record, null);
    }

    /// <summary>Adds a report to an attempt that has ended: the tokens were used, although nothing else of its worker counts any more.</summary>
    /// <returns>The record; null if the report says nothing new.</returns>
    public static (TaskUsed? Record, Error? Error) ReportLate(TaskEntity task, AttemptView ended, Usage report, in DecisionContext context) =>
        Record(task, ended.Attempt == task.Attempt ? task.AttemptUsage : ModelsOf(ended), report, ended.Agent, ended.Attempt, context);

    /// <summary>Returns the ended attempt with a late report.</summary>
    /// <param name="task">The task with the report.</param>
    public static AttemptView With(AttemptView ended, Usage usage, TaskEntity task)
    {
        var models = ended.Attempt == task.Attempt ? task.AttemptUsage! : With(ModelsOf(ended), usage);
        return ended with { Usage = UsageSums.Sum(models), ModelUsage = models.Count > 1 ? models : null };
    }

    private static IReadOnlyList<Usage> ModelsOf(AttemptView ended) => ended.ModelUsage ?? (ended.Usage is { } one ? [one] : []);

    private static (TaskUsed? Record, Error? Error) Record(
        TaskEntity task, IReadOnlyList<Usage>? all, Usage report, string agent, int attempt, in DecisionContext context)
    {
        // Rounded before it is compared, so that the same report twice is the same.
        if (report.CostUsd is { } exact) report = report with { CostUsd = Math.Round(exact, UsageRules.CostPlaces) };
        var known = Of(all, report.Model);
        if (known is null && all?.Count >= MaxModels)
            return (null, new(ErrorCodes.QuotaExceeded, $"An attempt reports at most {MaxModels} models; task {task.Id} has as many."));
        if (known is not null && Fall(known, report) is { } fall) return (null, fall);
        var usage = Priced(Merge(known, report), report, context.Options.Prices);
        if (Parts(usage) is { } wrong) return (null, wrong);
        if (usage == known) return (null, null);
        return (task.Record(() => new TaskUsed
        {
            Task = task.Id,
            Title = task.Spec.Title,
            State = task.State,
            Agent = agent,
            Attempt = attempt,
            Usage = usage,
            Added = UsageSums.Difference(usage, known),
        }), null);
    }

    public static IReadOnlyList<Usage> With(IReadOnlyList<Usage>? all, Usage usage) => [.. (all ?? []).Where(u => u.Model != usage.Model), usage];

    private static Usage? Of(IReadOnlyList<Usage>? all, string? model) => all?.FirstOrDefault(u => u.Model == model);

    private static Usage Merge(Usage? known, Usage report) => (known ?? new Usage { Model = report.Model }) with
    {
        InputTokens = report.InputTokens ?? known?.InputTokens,
        OutputTokens = report.OutputTokens ?? known?.OutputTokens,
        CachedTokens = report.CachedTokens ?? known?.CachedTokens,
        ReasoningTokens = report.ReasoningTokens ?? known?.ReasoningTokens,
    };

    // The worker's own figure comes first: it knows discounts that a price list does not have.
    private static Usage Priced(Usage usage, Usage report, PriceList prices)
    {
        if (report.CostUsd is { } cost) return usage with { CostUsd = cost, CostBasis = CostBasis.Reported };
        if (usage.CostBasis == CostBasis.Reported) return usage;
        return prices.CostOf(usage) is { } priced
            ? usage with { CostUsd = Math.Round(priced, UsageRules.CostPlaces), CostBasis = CostBasis.Priced }
            : usage with { CostUsd = null, CostBasis = null };
    }

    private static Error? Fall(Usage known, Usage report) =>
        Fall("input_tokens", known.InputTokens, report.InputTokens, known.Model)
        ?? Fall("output_tokens", known.OutputTokens, report.OutputTokens, known.Model)
        ?? Fall("cached_tokens", known.CachedTokens, report.CachedTokens, known.Model)
        ?? Fall("reasoning_tokens", known.ReasoningTokens, report.ReasoningTokens, known.Model)
        ?? (known.CostBasis == CostBasis.Reported ? Fall("cost_usd", known.CostUsd, report.CostUsd, known.Model) : null);

    private static Error? Fall(string field, decimal? known, decimal? report, string? model)
    {
        if (!(report < known)) return null;
        var of = model is null ? "" : $" of model '{model}'";
        return UsageRules.Bad(string.Create(
            CultureInfo.InvariantCulture,
            $"usage.{field}{of} falls from {known} to {report}; usage is cumulative: each report contains those before it."));
    }

    private static Error? Parts(Usage usage) =>
        usage.CachedTokens > usage.InputTokens ? UsageRules.Bad("usage.cached_tokens is a part of usage.input_tokens and not more than those.")
        : usage.ReasoningTokens > usage.OutputTokens ? UsageRules.Bad("usage.reasoning_tokens is a part of usage.output_tokens and not more than those.")
        : null;
}

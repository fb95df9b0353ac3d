using Waggle.Protocol.Model;

namespace Waggle.Agents;

/// <summary>
/// Adds up the tokens of a run by model. The hub refuses a number that falls, so no reported number does, although an agent's counts of messages may be more
/// than the sum at its end.
/// </summary>
internal sealed class AgentUsage(IReadOnlyList<Usage> before)
{
    private readonly HashSet<string> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Usage> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Usage> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Usage> _session = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Usage> _reported = new(StringComparer.Ordinal);

    public void Take(UsageFact fact)
    {
        var model = fact.Usage.Model ?? "";
        switch (fact.Scope)
        {
            case UsageScope.Message:
                _messages[fact.Key ?? ""] = fact.Usage;
                _models.Add(model);
                break;
            case UsageScope.Step:
                _parts[model] = Sum(_parts.GetValueOrDefault(model), fact.Usage);
                break;
            case UsageScope.Run:
                _messages.Clear();
                model = KnownAs(model);
                _parts[model] = Sum(_parts.GetValueOrDefault(model), fact.Usage);
                break;
            case UsageScope.Session:
                _session[model] = fact.Usage;
                break;
        }
    }

    /// <param name="standard">The model of reports that name none.</param>
    public IReadOnlyList<Usage> OfRun(string? standard)
    {
        var sums = new Dictionary<string, Usage>(StringComparer.Ordinal);
        foreach (var usage in _parts.Select(p => p.Value with { Model = p.Key }).Concat(_messages.Values).Concat(_session.Values.Select(SinceBefore)))
        {
            var model = usage.Model is { Length: > 0 } named ? named : standard ?? "";
            sums[model] = Sum(sums.GetValueOrDefault(model), usage);
        }

        foreach (var (model, usage) in sums)
        {
            var known = _reported.GetValueOrDefault(model);
            _reported[model] = new Usage
            {
                Model = model.Length > 0 ? model : null,
                InputTokens = Max(known?.InputTokens, usage.InputTokens),
                CachedTokens = Max(known?.CachedTokens, usage.CachedTokens),
                OutputTokens = Max(known?.OutputTokens, usage.OutputTokens),
                ReasoningTokens = Max(known?.ReasoningTokens, usage.ReasoningTokens),
                CostUsd = usage.CostUsd ?? known?.CostUsd,
            };
        }

        return [.. _reported.Values];
    }

    public IReadOnlyList<Usage> OfSession(string? standard) =>
        [.. (_session.Count > 0 ? _session.Values.AsEnumerable() : before).Select(u => u.Model is null ? u with { Model = standard } : u)];

    // A result may name a model shorter or longer than its messages do (a date, the size of its window). It is one model.
    private string KnownAs(string model) =>
        _models.FirstOrDefault(known => known == model)
            ?? _models.FirstOrDefault(known => known.Length > 0 && model.Length > 0
                && (known.StartsWith(model, StringComparison.Ordinal) || model.StartsWith(known, StringComparison.Ordinal)))
            ?? model;

    private Usage SinceBefore(Usage session)
    {
        var earlier = before.FirstOrDefault(b => b.Model == session.Model) ?? before.FirstOrDefault(b => session.Model is null);
        return session with
        {
            InputTokens = Minus(session.InputTokens, earlier?.InputTokens),
            CachedTokens = Minus(session.CachedTokens, earlier?.CachedTokens),
            OutputTokens = Minus(session.OutputTokens, earlier?.OutputTokens),
            ReasoningTokens = Minus(session.ReasoningTokens, earlier?.ReasoningTokens),
        };
    }

    private static long? Minus(long? now, long? earlier) => now is { } count ? Math.Max(0, count - (earlier ?? 0)) : null;

    private static Usage Sum(Usage? one, Usage other) => one is null ? other : one with
    {
        InputTokens = Plus(one.InputTokens, other.InputTokens),
        CachedTokens = Plus(one.CachedTokens, other.CachedTokens),
        OutputTokens = Plus(one.OutputTokens, other.OutputTokens),
        ReasoningTokens = Plus(one.ReasoningTokens, other.ReasoningTokens),
        // A sum of which a part is unknown is unknown.
        CostUsd = one.CostUsd + other.CostUsd,
    };

    private static long? Plus(long? one, long? other) => one is null && other is null ? null : (one ?? 0) + (other ?? 0);

    private static long? Max(long? one, long? other) => one is null || other > one ? other : one;
}

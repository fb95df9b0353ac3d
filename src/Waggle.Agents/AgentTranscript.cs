using Waggle.Protocol.Model;

namespace Waggle.Agents;

/// <summary>Adds up the facts of one run. Not thread-safe.</summary>
/// <param name="before">What the session had used before this run, by model; empty for a new session.</param>
public sealed class AgentTranscript(AgentStart start, IReadOnlyList<Usage>? before = null)
{
    private readonly Dictionary<string, DenialFact> _denials = new(StringComparer.Ordinal);
    private readonly AgentUsage _usage = new(before ?? []);
    private string? _model = start.Model;
    private string? _answer;
    private EndFact? _end;

    /// <summary>The session of the run; null until it is known.</summary>
    public string? Session { get; private set; } = start.Session;

    /// <summary>The refusal of the provider that the agent did not get past yet; null without one.</summary>
    public RateLimitFact? Limit { get; private set; }

    /// <summary>Whether the last event has come.</summary>
    public bool HasEnded => _end is not null;

    public IReadOnlyCollection<DenialFact> Denials => _denials.Values;

    /// <summary>Returns what the run used so far, one value for each model. No number falls from one call to the next.</summary>
    public IReadOnlyList<Usage> Used() => _usage.OfRun(_model);

    /// <summary>What the session used so far, for a later run of an agent that counts the session.</summary>
    public IReadOnlyList<Usage> SessionUsage => _usage.OfSession(_model);

    public void Take(AgentFact fact)
    {
        switch (fact)
        {
            case SessionFact session:
                // What an agent repeats of its session before it names it is no answer of this run.
                (Session, _answer) = (session.Session, null);
                _model = session.Model ?? _model;
                break;
            case LogFact { IsAnswer: true } said:
                (_answer, Limit) = (said.Text, null);
                break;
            case AnswerPartFact part:
                (_answer, Limit) = (_answer + part.Text, null);
                break;
            case UsageFact usage:
                if (usage.Scope is UsageScope.Message or UsageScope.Step) Limit = null;
                _usage.Take(usage);
                break;
            case DenialFact denial:
                // The first report has the reason.
                _denials.TryAdd(denial.Key, denial);
                break;
            case RateLimitFact limit:
                Limit = limit with { After = limit.After ?? Limit?.After, Until = limit.Until ?? Limit?.Until, Clock = limit.Clock ?? Limit?.Clock };
                break;
            case EndFact end:
                _end = end;
                break;
        }
    }

    /// <summary>Returns how the run ended.</summary>
    /// <param name="exitCode">The exit code of the program; 128 and more for a signal.</param>
    /// <param name="signal">The signal that ended the program; null without one.</param>
    /// <param name="complaint">The last lines of standard error; null without any.</param>
    /// <param name="allowDenials">Whether a run may complete although it was denied something.</param>
    public AgentOutcome Outcome(int exitCode, int? signal, string? complaint, bool allowDenials)
    {
        if (_end?.Code == AgentCodes.RateLimited || (Limit is not null && (_end is null or { Code: not null })))
            return new(null, AgentCodes.RateLimited, _end?.Message ?? Limit!.Reason, Retryable: true);
        if (_end is { Code: { } code }) return new(null, code, _end.Message ?? code, _end.Retryable);
        if (signal is not null) return new(null, $"SIGNAL_{signal}", complaint ?? $"The agent was ended by signal {signal}.", Retryable: true);
        if (exitCode != 0) return new(null, $"EXIT_{exitCode}", complaint ?? $"The agent ended with exit code {exitCode}.", Retryable: true);
        if (_end is null)
            return new(null, AgentCodes.NoResult, "The agent ended with exit code 0, and no event said that it completed its task.", Retryable: true);
        if (_denials.Count > 0 && !allowDenials)
        {
            var denied = string.Join(", ", _denials.Values.Select(d => d.Tool).Distinct(StringComparer.Ordinal));
            var message = $"The agent was not permitted to use {denied}. Its answer: {_end.Text ?? _answer ?? "none"}";
            return new(null, AgentCodes.PermissionDenied, message, Retryable: false);
        }

        return new(_end.Text ?? _answer ?? "", Code: null, Message: null, Retryable: false);
    }
}

/// <summary>The end of a run.</summary>
/// <param name="Text">The agent's answer; null if it failed.</param>
/// <param name="Code">The code of the failure; null if it completed.</param>
public sealed record AgentOutcome(string? Text, string? Code, string? Message, bool Retryable);

using Waggle.Protocol.Model;

namespace Waggle.Agents;

/// <summary>What one line of a coding agent says.</summary>
public abstract record AgentFact;

/// <summary>The session that the run works in.</summary>
/// <param name="Model">The model that the session begins with; null if the line does not name it.</param>
public sealed record SessionFact(string Session, string? Model = null) : AgentFact;

/// <summary>A text for the task's log. Every line that an adapter does not know is one.</summary>
/// <param name="IsAnswer">Whether the agent said it to its user. The last such text is the result of an agent whose last event has none.</param>
public sealed record LogFact(string Text, AgentLogLevel? Level = null, bool IsAnswer = false) : AgentFact;

/// <summary>A piece of the agent's answer. The pieces of a run are one text.</summary>
public sealed record AnswerPartFact(string Text) : AgentFact;

/// <summary>Tokens, and their cost if the agent knows it.</summary>
/// <param name="Key">The name of a message, whose later report replaces the earlier one; null for other scopes.</param>
public sealed record UsageFact(UsageScope Scope, Usage Usage, string? Key = null) : AgentFact;

/// <summary>What the numbers of a <see cref="UsageFact"/> cover.</summary>
public enum UsageScope
{
    /// <summary>One message of the model so far. An agent that reports these reports <see cref="Run"/> at its end.</summary>
    Message,

    /// <summary>One step. The steps add up to the run.</summary>
    Step,

    /// <summary>A part of the run that is complete. The parts add up to the run and replace its messages.</summary>
    Run,

    /// <summary>The whole session, with the runs before this one.</summary>
    Session,
}

/// <summary>The agent was not permitted to use a tool.</summary>
/// <param name="Key">The agent's own id of the use, by which a repeated denial is known.</param>
public sealed record DenialFact(string Tool, string Key, string? Reason = null) : AgentFact;

/// <summary>The agent asks for permission and waits for one of two lines on its standard input.</summary>
/// <param name="Key">The agent's own id of the request.</param>
/// <param name="Question">The text for the person who answers.</param>
/// <param name="Denial">What the run was denied if the answer is no.</param>
public sealed record ApprovalFact(string Key, string Question, string Allow, string Deny, DenialFact Denial) : AgentFact;

/// <summary>The agent's provider refuses requests for a while.</summary>
/// <param name="After">The time that the agent waits before its next request; null if it does not say.</param>
/// <param name="Until">The time from which the provider accepts requests; null if it does not say.</param>
public sealed record RateLimitFact(string Reason, TimeSpan? After = null, DateTimeOffset? Until = null) : AgentFact
{
    /// <summary>The time of the day from which the provider accepts requests, in the time zone of the machine; null if it does not say.</summary>
    public TimeOnly? Clock { get; init; }

    /// <summary>Returns the time until which no request is worth the try; null if it is unknown or over.</summary>
    public DateTimeOffset? UntilFrom(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Until is { } until) return until > now ? until : null;
        if (Clock is not { } clock) return null;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var at = local.Date + clock.ToTimeSpan();
        if (at <= local.DateTime) at = at.AddDays(1);
        return new DateTimeOffset(at, zone.GetUtcOffset(at)).ToUniversalTime();
    }
}

/// <summary>A line to write to the agent's standard input.</summary>
public sealed record ReplyFact(string Line) : AgentFact;

/// <summary>The last event of a run. It succeeded if <paramref name="Code"/> is null.</summary>
/// <param name="Text">The agent's answer; null if the event has none.</param>
/// <param name="Code">The code of the failure.</param>
/// <param name="Retryable">Whether another attempt may succeed.</param>
public sealed record EndFact(string? Text, string? Code = null, string? Message = null, bool Retryable = true) : AgentFact;

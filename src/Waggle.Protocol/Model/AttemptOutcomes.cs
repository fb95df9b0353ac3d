namespace Waggle.Protocol.Model;

/// <summary>The wire names of the outcomes of an attempt.</summary>
public static class AttemptOutcomes
{
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Timeout = "timeout";
    public const string Lost = "lost";
    public const string Refused = "refused";
    public const string Released = "released";
    public const string Cancelled = "cancelled";
    public const string AgentRemoved = "agent_removed";
    public const string NotHeld = "not_held";

    /// <summary>The lease ran out before the worker had started the task or renewed the lease: the assignment did not arrive.</summary>
    public const string NotStarted = "not_started";
    public const string Expired = "expired";

    /// <summary>The worker asked a question and gave up the lease until the answer.</summary>
    public const string Asked = "asked";

    /// <summary>The hub asked the worker to stop, because a budget is spent. The task waits until the budget has room.</summary>
    public const string Stopped = "stopped";

    /// <summary>The worker reported a result that the hub checks. The attempt is stored with the outcome of the checks.</summary>
    public const string Claimed = "claimed";
}

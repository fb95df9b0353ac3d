namespace Waggle.Agents;

/// <summary>The codes of failures that every coding agent has.</summary>
public static class AgentCodes
{
    /// <summary>The agent was not permitted to use a tool.</summary>
    public const string PermissionDenied = "PERMISSION_DENIED";

    /// <summary>The provider refuses requests for a while.</summary>
    public const string RateLimited = "RATE_LIMITED";

    /// <summary>The program ended, and its last event did not say how.</summary>
    public const string NoResult = "NO_RESULT";
}

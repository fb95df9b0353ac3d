using Waggle.Protocol.Model;

namespace Waggle.Runners;

/// <summary>A template of the operator's file: what the hub learns of it, and the command, which stays here.</summary>
internal sealed record AgentTemplate
{
    public required RunnerTemplate Offer { get; init; }

    /// <summary>The program and its arguments, as they are passed on: no shell reads them.</summary>
    public required IReadOnlyList<string> Command { get; init; }
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The working folder, as a full path.</summary>
    public required string Folder { get; init; }

    /// <summary>The time from SIGTERM to SIGKILL.</summary>
    public required TimeSpan StopTimeout { get; init; }

    /// <summary>Whether the processes receive a token.</summary>
    public required bool PassToken { get; init; }
}

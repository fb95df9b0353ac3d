using Waggle.Agents.Models;
using Waggle.Models.Tools;

namespace Waggle.Models;

/// <summary>How a model works on tasks.</summary>
public sealed record ModelAgentOptions
{
    public required ModelSpec Model { get; init; }

    /// <summary>The key of the provider; null for a server that needs none. Never print it.</summary>
    public string? ApiKey { get; init; }
    public required ModelLimits Limits { get; init; }

    /// <summary>The text that precedes each task; null for none.</summary>
    public string? Instructions { get; init; }

    /// <summary>The servers of the model's tools.</summary>
    public IReadOnlyList<McpServerSpec> Servers { get; init; } = [];

    /// <summary>The variables of servers that are programs.</summary>
    public IReadOnlyDictionary<string, string> ServerVariables { get; init; } = new Dictionary<string, string>();
    public ToolApproval Approval { get; init; }

    /// <summary>Whether a task of which a use of a tool was denied may be completed.</summary>
    public bool AllowDenials { get; init; }

    /// <summary>Whether spans contain what the model reads and writes.</summary>
    public bool TracesContent { get; init; }
}

using Waggle.Agents.Models;

namespace Waggle.Exec.Models;

/// <summary>The options of <c>waggle worker --model</c>.</summary>
internal sealed record ModelOptions
{
    public required Uri Hub { get; init; }

    /// <summary>The token of the hub.</summary>
    public string? Token { get; init; }
    public required ModelSpec Model { get; init; }

    /// <summary>The name of the variable with the key of the provider; null for a server that needs none.</summary>
    public string? KeyVariable { get; init; }
    public required ModelLimits Limits { get; init; }

    /// <summary>The file with the instructions; null for none.</summary>
    public string? InstructionsFile { get; init; }

    /// <summary>The file with the MCP servers; null for none.</summary>
    public string? McpFile { get; init; }
    public required ToolApproval Approval { get; init; }
    public required TimeSpan ApprovalTimeout { get; init; }
    public bool AllowDenials { get; init; }
}

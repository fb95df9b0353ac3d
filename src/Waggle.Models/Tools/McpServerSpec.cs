namespace Waggle.Models.Tools;

/// <summary>A server of tools: a program that speaks MCP on standard input and output, or an address.</summary>
/// <param name="Name">Begins the names of its tools.</param>
public sealed record McpServerSpec(string Name)
{
    /// <summary>The program; null for a server with an address.</summary>
    public string? Command { get; init; }
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>More variables of the program.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The address of streamable HTTP; null for a program.</summary>
    public Uri? Url { get; init; }
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

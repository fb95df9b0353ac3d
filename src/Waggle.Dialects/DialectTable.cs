namespace Waggle.Dialects;

/// <summary>The foreign dialects of the hub.</summary>
public static class DialectTable
{
    public static IReadOnlyList<DialectEntry> All { get; } =
    [
        OrchestratorHub.OrchestratorHubDialect.Entry,
        CloudAgents.CloudAgentsDialect.Entry,
        ClaudeZen.ClaudeZenDialect.Entry,
        ClaudeFlow.ClaudeFlowDialect.Entry,
    ];

    public static DialectEntry? Find(string name) => All.FirstOrDefault(d => d.Name == name);
}

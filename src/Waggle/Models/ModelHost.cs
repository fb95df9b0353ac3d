using Waggle.Client;
using Waggle.Exec.Coding;
using Waggle.Protocol.Model;

namespace Waggle.Models;

/// <summary>What the worker does for one attempt of a model.</summary>
internal sealed class ModelHost(TaskWork work, CodingApprovals approvals, TimeSpan approvalTimeout, HubUsage usage) : IModelHost
{
    public async Task<bool> ApproveAsync(string key, string question, CancellationToken cancel)
    {
        var allowed = approvalTimeout > TimeSpan.Zero && await approvals.AskAsync(key, question, cancel);
        await work.LogAsync($"{(allowed ? "Allowed" : "Denied")}: {question}", allowed ? AgentLogLevel.Info : AgentLogLevel.Warn);
        return allowed;
    }

    public Task<Usage?> ShowUsageAsync(CancellationToken cancel) => usage.ShowAsync(work, cancel);
}

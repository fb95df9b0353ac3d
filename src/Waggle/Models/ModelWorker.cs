using Waggle.Agents;
using Waggle.Client;
using Waggle.Exec.Coding;
using Waggle.Exec.Models;
using Waggle.Models.Tools;
using Waggle.OperatorFiles;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.Models;

/// <summary>The worker of <c>waggle worker --model</c>: the model agent, with the worker's pauses and the questions of its tasks.</summary>
internal sealed class ModelWorker : IModelWorker
{
    private readonly ModelOptions _options;
    private readonly ModelAgent _agent;
    private readonly ModelTraces? _traces;
    private readonly HubUsage _usage;

    private ModelWorker(ModelOptions options, ModelAgentOptions agent)
    {
        _options = options;
        _agent = new ModelAgent(agent, TimeProvider.System);
        _traces = ModelTraces.Start();
        _usage = new HubUsage(options.Hub, options.Token);
    }

    /// <exception cref="CliException">The key is missing, or a file is wrong.</exception>
    public static IModelWorker Open(ModelOptions options)
    {
        var agent = new ModelAgentOptions
        {
            Model = options.Model,
            ApiKey = options.KeyVariable is { } variable ? Key(variable) : null,
            Limits = options.Limits,
            Instructions = options.InstructionsFile is { } file ? File.ReadAllText(file) : null,
            Servers = options.McpFile is { } servers
                ? OperatorFile.Read(servers, root => McpServerFile.Read(root, Environment.GetEnvironmentVariable))
                : [],
            ServerVariables = CodingEnvironment.OfSystem(),
            Approval = options.Approval,
            AllowDenials = options.AllowDenials,
            TracesContent = string.Equals(Environment.GetEnvironmentVariable(ModelAgent.ContentVariable), "true", StringComparison.OrdinalIgnoreCase),
        };
        return new ModelWorker(options, agent);
    }

    public async Task<RawJson> RunAsync(TaskWork work, RateLimitPause pause, Func<string, string, Task> unfit, CancellationToken stop)
    {
        using var approvals = new CodingApprovals(work, _options.ApprovalTimeout);
        try
        {
            return await _agent.RunAsync(work, CodingPrompt.Of(work, resumes: false), new ModelHost(work, approvals, _options.ApprovalTimeout, _usage), stop);
        }
        catch (TaskFailedException e) when (e is { Retryable: true, RetryAfter: { } after })
        {
            pause.Until(TimeProvider.System.GetUtcNow() + after, e.Code == AgentCodes.RateLimited ? "rate_limited" : "provider_unavailable");
            throw;
        }
        catch (ModelRejectedException e)
        {
            await unfit(e.Message, _options.KeyVariable is { } variable ? $"mend the key in {variable}" : "name the key with --api-key-env");
            throw new TaskRefusedException($"The worker's model is not usable: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _agent.Dispose();
        await _usage.DisposeAsync();
        _traces?.Dispose();
    }

    private static string Key(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } key
        ? key.Trim()
        : throw new CliException(
            $"the variable {variable} with the key of the model's provider is not set. Set it, name another one with --api-key-env, or say --no-api-key.");
}

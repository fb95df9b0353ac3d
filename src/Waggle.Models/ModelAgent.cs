using Microsoft.Extensions.AI;
using Waggle.Agents.Models;
using Waggle.Client;
using Waggle.Models.Providers;
using Waggle.Models.Telemetry;
using Waggle.Models.Tools;
using Waggle.Protocol.Json;

namespace Waggle.Models;

/// <summary>Works on tasks with a language model. One object serves all tasks of a worker. Thread-safe.</summary>
public sealed class ModelAgent : IDisposable
{
    /// <summary>The source of the spans, for a tracer.</summary>
    public const string ActivitySourceName = GenAi.SourceName;

    /// <summary>The standard variable that, with the value <c>true</c>, lets spans contain what the model reads and writes.</summary>
    public const string ContentVariable = GenAi.ContentVariable;

    private readonly ModelAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly IChatClient _client;

    public ModelAgent(ModelAgentOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(30) };
        _http = new HttpClient(new RefusalHandler(handler, options.ApiKey, time)) { Timeout = Timeout.InfiniteTimeSpan };
        _client = ChatClients.Create(options.Model, options.ApiKey, _http);
    }

    /// <param name="prompt">The text of the task.</param>
    /// <param name="stop">Ends the request to the model at once.</param>
    /// <exception cref="TaskFailedException">The attempt failed; one with a time to wait says that no task is worth the try until then.</exception>
    /// <exception cref="ModelRejectedException">The provider does not accept the key.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task<RawJson> RunAsync(TaskWork work, string prompt, IModelHost host, CancellationToken stop)
    {
        using var span = Spans.Agent(_options.Model, work);
        var meter = new ModelMeter(work, host, _options, _time);
        using var limit = new CancellationTokenSource(_options.Limits.Time, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            await using var tools = await ToolBox.OpenAsync(_options, either.Token);
            var use = new ToolUse(work, host, _options, tools);
            return await new ModelRun(work, _options, _client, tools, use, meter).RunAsync(prompt, either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            span.Fail(ModelCodes.TimeLimit);
            throw new TaskFailedException(ModelCodes.TimeLimit, $"The attempt took {_options.Limits.Time.TotalSeconds:0.###} s (--max-time).", inner: e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            span.Fail(Spans.ErrorType(e));
            throw;
        }
        finally
        {
            span.Used(meter.Sum);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }
}

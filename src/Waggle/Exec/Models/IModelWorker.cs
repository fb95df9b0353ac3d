using Waggle.Client;
using Waggle.Exec.Coding;
using Waggle.Protocol.Json;

namespace Waggle.Exec.Models;

/// <summary>
/// Works on tasks with a language model in the worker's own process. Its libraries are large, so only the program with the hub has it, and only
/// <c>waggle worker --model</c> loads it.
/// </summary>
internal interface IModelWorker : IAsyncDisposable
{
    /// <param name="unfit">Called with the reason and the remedy if no task can be worked on, before the task is handed back.</param>
    /// <param name="stop">Ends the request to the model at once.</param>
    Task<RawJson> RunAsync(TaskWork work, RateLimitPause pause, Func<string, string, Task> unfit, CancellationToken stop);
}

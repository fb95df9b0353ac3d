using System.Diagnostics;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Demo;

/// <summary>The demo's hub. Disposing it stops it.</summary>
public interface IDemoHub : IAsyncDisposable
{
    /// <summary>The scheme, host and port.</summary>
    Uri Url { get; }

    /// <summary>Completes when the hub has ended; faulted if the hub lost its store.</summary>
    Task Completion { get; }
}

/// <summary>The functions that the demo needs from the program that runs it.</summary>
/// <param name="StartHub">
/// Starts a hub on a port (0 selects any free one) with a data folder. Throws a <see cref="State.SurveyException"/> with the reason if that fails.
/// </param>
/// <param name="Worker">Returns how to start a process that calls <see cref="DemoWorker.RunAsync"/> with these options.</param>
public sealed record DemoHost(Func<int, string, CancellationToken, Task<IDemoHub>> StartHub, Func<DemoWorkerOptions, ProcessStartInfo> Worker);

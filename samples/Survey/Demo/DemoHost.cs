using System.Diagnostics;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Demo;

/// <summary>The demo's hub. Disposing it stops it.</summary>
public interface IDemoHub : IAsyncDisposable
{
    /// <summary>Scheme, host and port.</summary>
    Uri Url { get; }

    /// <summary>Ends with the hub; faulted when the hub lost its store.</summary>
    Task Completion { get; }
}

/// <summary>What the demo needs of the program that it runs in.</summary>
/// <param name="StartHub">
/// Starts a hub on a port (0: any free one) and a data folder. Throws a <see cref="State.SurveyException"/> that says why it cannot.
/// </param>
/// <param name="Worker">How a process is started that calls <see cref="DemoWorker.RunAsync"/> with these options.</param>
public sealed record DemoHost(Func<int, string, CancellationToken, Task<IDemoHub>> StartHub, Func<DemoWorkerOptions, ProcessStartInfo> Worker);

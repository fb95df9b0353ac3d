using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class WaggleWorker
{
    private int _drain;

    /// <summary>
    /// Takes no more work, and stays connected: what runs goes on, and the hub shows the agent as draining until somebody resumes it (<c>agent.resume</c>).
    /// For a worker that finds out that it cannot do its work. Thread-safe; does not wait for the hub.
    /// </summary>
    /// <returns>False: it is draining or stopping already.</returns>
    public bool Drain()
    {
        if (_stopping || Interlocked.CompareExchange(ref _drain, DrainState.Asked, DrainState.None) != DrainState.None) return false;
        _ = DrainAgain();
        return true;
    }

    /// <summary>Also after a reconnect: the hello made the agent look ready again.</summary>
    private Task<Reply> DrainAgain()
    {
        var call = new Call<Reply>(Connection.NextNumber(), new AgentDrain(), repeatable: false, type: null);
        _ = call.Answer.ContinueWith(Drained, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ = Connection.EnqueueAsync(call).AsTask();
        return call.Answer;
    }

    private void Drained(Task<Reply> answer)
    {
        if (answer.Exception is null) Interlocked.CompareExchange(ref _drain, DrainState.Known, DrainState.Asked);
    }

    // The hub gives no work to an agent that drains: somebody resumed it.
    private void Resumed() => Interlocked.CompareExchange(ref _drain, DrainState.None, DrainState.Known);

    private static class DrainState
    {
        public const int None = 0;
        public const int Asked = 1;
        public const int Known = 2;
    }
}

using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Asks the hub for no more work, until an assignment shows that the agent was resumed. Thread-safe.</summary>
internal sealed class Drainer(RequestTable requests)
{
    private const int None = 0;
    private const int Asked = 1;
    private const int Known = 2;

    private int _state;

    /// <summary>Whether the agent is to be drained, even before the hub has received the request.</summary>
    public bool IsDraining => Volatile.Read(ref _state) != None;

    /// <returns>False if the agent is draining already.</returns>
    public bool TryBegin()
    {
        if (Interlocked.CompareExchange(ref _state, Asked, None) != None) return false;
        _ = SendAsync();
        return true;
    }

    /// <summary>Sends the drain to the hub, also after a reconnect, because the hello made the agent ready again.</summary>
    public Task<Reply> SendAsync()
    {
        var call = new Call<Reply>(requests.NextNumber(), new AgentDrain(), repeatable: false, type: null);
        _ = call.Answer.ContinueWith(Drained, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ = requests.EnqueueAsync(call).AsTask();
        return call.Answer;
    }

    /// <summary>Ends the drain after an assignment. The hub assigns nothing to a draining agent, so the agent was resumed.</summary>
    public void Resumed() => Interlocked.CompareExchange(ref _state, None, Known);

    private void Drained(Task<Reply> answer)
    {
        if (answer.Exception is null) Interlocked.CompareExchange(ref _state, Known, Asked);
    }
}

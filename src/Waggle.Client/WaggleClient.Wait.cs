using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    private readonly Waits _waits;

    /// <summary>
    /// Waits until a task has ended, with any result, and returns it. It subscribes before it reads the task, so that it cannot miss the end.
    /// </summary>
    /// <exception cref="WaggleException">The hub's error, for example NOT_FOUND.</exception>
    public async Task<TaskView> WaitForCompletionAsync(string task, CancellationToken cancel = default)
    {
        var wait = new TaskWait(task);
        _waits.Add(wait);
        string? subscription = null;
        var generation = -1;
        try
        {
            while (true)
            {
                if (generation != _connection.Generation) (subscription, generation) = await FollowAsync(task, cancel);
                var view = await ShowTaskAsync(task, cancel);
                if (view.State.IsTerminal()) return view;
                await wait.WaitAsync(cancel);
            }
        }
        finally
        {
            _waits.Remove(wait);
            if (subscription is not null && generation == _connection.Generation) Leave(subscription);
        }
    }

    private async Task<(string Subscription, int Generation)> FollowAsync(string task, CancellationToken cancel)
    {
        var message = new Subscribe { Topics = [$"task.{task}.#"] };
        var call = new Call<Subscribed>(_connection.NextNumber(), message, repeatable: true, HubJson.Default.Subscribed);
        var subscribed = await _connection.AwaitAsync(call, cancel);
        return (subscribed.Subscription, call.Generation);
    }

    private void Leave(string subscription)
    {
        // No caller waits for it, because a connection that is lost meanwhile has no subscriptions anyway.
        var call = new Call<Reply>(_connection.NextNumber(), new Unsubscribe { Subscription = subscription }, repeatable: false, type: null);
        _ = call.Answer.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = _connection.EnqueueAsync(call).AsTask();
    }
}

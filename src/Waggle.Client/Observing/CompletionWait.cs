using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Waits for the ends of tasks. Each wait subscribes before it reads its task, so that it cannot miss the end.</summary>
internal sealed class CompletionWait(WaggleConnection connection, CommandSender commands, Waits waits)
{
    public async Task<TaskView> RunAsync(string task, CancellationToken cancel)
    {
        var wait = new TaskWait(task);
        waits.Add(wait);
        string? subscription = null;
        var generation = -1;
        try
        {
            while (true)
            {
                if (generation != connection.Generation) (subscription, generation) = await FollowAsync(task, cancel);
                var view = await commands.SendAsync(new TaskShow { Task = task }, HubJson.Default.TaskView, cancel);
                if (view.State.IsTerminal()) return view;
                await wait.WaitAsync(cancel);
            }
        }
        finally
        {
            waits.Remove(wait);
            if (subscription is not null && generation == connection.Generation) Leave(subscription);
        }
    }

    private async Task<(string Subscription, int Generation)> FollowAsync(string task, CancellationToken cancel)
    {
        var message = new Subscribe { Topics = [$"task.{task}.#"] };
        var call = new Call<Subscribed>(connection.NextNumber(), message, repeatable: true, HubJson.Default.Subscribed);
        var subscribed = await connection.AwaitAsync(call, cancel);
        return (subscribed.Subscription, call.Generation);
    }

    private void Leave(string subscription)
    {
        // No caller waits for it, because a connection that is lost meanwhile has no subscriptions anyway.
        var call = new Call<Reply>(connection.NextNumber(), new Unsubscribe { Subscription = subscription }, repeatable: false, type: null);
        _ = call.Answer.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ = connection.EnqueueAsync(call).AsTask();
    }
}

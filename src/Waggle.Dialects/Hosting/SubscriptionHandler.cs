using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;

namespace Waggle.Dialects.Hosting;

/// <summary>Subscribes and unsubscribes one connection. Only the session's reading loop uses it.</summary>
internal sealed class SubscriptionHandler(SessionHost host, Connection connection, Responder responder, SessionCredential credential)
{
    private SubscriptionQuota _quota;

    /// <summary>The number of active subscriptions.</summary>
    public int Count => _quota.Count;

    public async Task SubscribeAsync(SubscribeIntent intent)
    {
        if (Read(intent, out var spec) is { } error)
        {
            if (error.Code == ErrorCodes.Forbidden)
                host.Hive.Refusals.Add(new Refusal("subscribe", error.Code, credential.Principal, credential.Principal.Address) { Message = error.Message });
            responder.Refuse(intent, error);
            return;
        }

        if (spec is null)
        {
            // No permitted topic is left, so no record was missed.
            var head = host.Hive.Head;
            responder.Answer(intent, new Outcome(new SubscribeResult(intent.Name ?? "", Recovered: true, [], [], head), null, head));
            return;
        }

        // A subscription of the same name ends when the new one begins. Until then it is active, so it counts again if the new one fails.
        var replaced = intent.Name is null ? null : _quota.Remove(intent.Name);
        var isPlain = spec is { Filter: null, Rate: null, Batch: null };
        if (_quota.Problem(spec.Patterns.Length, isPlain) is { } full)
        {
            _quota.Restore(intent.Name!, replaced);
            responder.Refuse(intent, full);
            return;
        }

        var id = _quota.Add(spec.Patterns.Length, isPlain, intent.Name);
        try
        {
            await host.Delivery.SubscribeAsync(
                connection,
                id,
                spec,
                intent.Since,
                host.History,
                result => intent.Tag is null ? null : responder.Defer(intent, new Outcome(result, null, result.Head)),
                CancellationToken.None);
        }
        catch
        {
            _quota.Remove(id);
            _quota.Restore(id, replaced);
            throw;
        }
    }

    public async Task UnsubscribeAsync(UnsubscribeIntent intent)
    {
        _quota.Remove(intent.Subscription);
        await host.Delivery.UnsubscribeAsync(connection, intent.Subscription, found =>
        {
            if (found) responder.Answer(intent, new Outcome(null, null, host.Hive.Head));
            else responder.Refuse(intent, new Error(ErrorCodes.NotFound, $"There is no subscription '{intent.Subscription}' on this connection."));
        });
    }

    // A null spec without an error means that no permitted topic is left.
    private Error? Read(SubscribeIntent intent, out SubscriptionSpec? spec)
    {
        spec = null;
        if (intent.TakesBatches) connection.Batch = true;
        if (PermittedTopics.Read(intent, credential.Principal, out var patterns) is { } refusal) return refusal;
        if (patterns.Length == 0) return null;
        if (SubscriptionParser.Read(patterns, intent.Filter, intent.MaxRate, intent.Batch, connection.Batch, out var read) is { } wrong)
            return new Error(ErrorCodes.InvalidRequest, wrong);

        spec = intent.Form is null ? read : read with { Form = intent.Form };
        return null;
    }
}

namespace Waggle.Delivery;

/// <summary>A request to a delivery loop, which also receives batches and records.</summary>
internal abstract record DeliveryWork
{
    /// <summary>Starts a subscription. The result of <see cref="Done"/> is false if the scan has to read more of the log.</summary>
    public sealed record Subscribe(
        Connection Connection, string Name, SubscriptionSpec Spec, ResumeScan Scan, Func<SubscribeResult, IDeferred?> Reply) : DeliveryWork
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Ends a subscription.</summary>
    /// <param name="Done">Receives whether there was a subscription of this name.</param>
    public sealed record Unsubscribe(Connection Connection, string Name, Action<bool> Done) : DeliveryWork;

    /// <summary>Ends all subscriptions of a connection that has closed.</summary>
    public sealed record Detach(Connection Connection) : DeliveryWork;

    /// <summary>Forgets the durable records up to an offset.</summary>
    public sealed record Forget(long Through) : DeliveryWork;

    /// <summary>Sends the position to the connections that have not received it.</summary>
    public sealed record Tick : DeliveryWork
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>Wakes the loop and has no other effect.</summary>
    public sealed record Wake : DeliveryWork
    {
        public static readonly Wake Instance = new();
    }
}

namespace Waggle.Delivery;

/// <summary>A request to a delivery loop, beside batches and records.</summary>
internal abstract record DeliveryWork
{
    /// <summary>Starts a subscription. Done is false if the scan has to read on.</summary>
    public sealed record Subscribe(
        Connection Connection, string Name, SubscriptionSpec Spec, ResumeScan Scan, Func<SubscribeResult, IDeferred?> Reply) : DeliveryWork
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <param name="Done">Called with whether there was one.</param>
    public sealed record Unsubscribe(Connection Connection, string Name, Action<bool> Done) : DeliveryWork;

    /// <summary>The connection is gone.</summary>
    public sealed record Detach(Connection Connection) : DeliveryWork;

    /// <summary>Sends positions.</summary>
    public sealed record Tick : DeliveryWork
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>Only wakes the loop.</summary>
    public sealed record Wake : DeliveryWork
    {
        public static readonly Wake Instance = new();
    }
}

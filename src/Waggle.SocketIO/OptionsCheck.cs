namespace Waggle.SocketIO;

/// <summary>Checks the options when the server is created, so that invalid ones fail at the start and not at the first client.</summary>
internal static class OptionsCheck
{
    public static void Throw(SocketIOOptions options)
    {
        Positive(options.PingInterval, nameof(options.PingInterval));
        Positive(options.PingTimeout, nameof(options.PingTimeout));
        Positive(options.UpgradeTimeout, nameof(options.UpgradeTimeout));
        Positive(options.ConnectTimeout, nameof(options.ConnectTimeout));
        Positive(options.CloseTimeout, nameof(options.CloseTimeout));
        Positive(options.MaxHttpBufferSize, nameof(options.MaxHttpBufferSize));
        Positive(options.MaxConcurrentEvents, nameof(options.MaxConcurrentEvents));
        Positive(options.MaxNamespacesPerClient, nameof(options.MaxNamespacesPerClient));
        Positive(options.MaxQueuedPackets, nameof(options.MaxQueuedPackets));
        Positive(options.MaxQueuedBytes, nameof(options.MaxQueuedBytes));
        if (options.MaxAttachments < 0) throw new ArgumentException("MaxAttachments must be at least 0.", nameof(options));
        if (options.Transports == SocketIOTransports.None) throw new ArgumentException("Transports must name at least one transport.", nameof(options));
        if (options.ConnectionStateRecovery is not { } recovery) return;
        Positive(recovery.MaxDisconnectionDuration, nameof(recovery.MaxDisconnectionDuration));
        Positive(recovery.MaxStoredBytes, nameof(recovery.MaxStoredBytes));
    }

    private static void Positive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero) throw new ArgumentException($"{name} must be greater than zero; it is {value}.", name);
    }

    private static void Positive(long value, string name)
    {
        if (value <= 0) throw new ArgumentException($"{name} must be greater than zero; it is {value}.", name);
    }
}

namespace Waggle.Server.Tests.Support;

/// <summary>One hub for tests that leave nothing behind in it.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    internal TestHub Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

using Microsoft.Extensions.Logging;

namespace Waggle.SocketIO.Tests;

public sealed class HandlerErrorsTests : ILogger
{
    private readonly List<(LogLevel Level, string Message, Exception? Exception)> _entries = [];
    private readonly HandlerErrors _errors;

    public HandlerErrorsTests() => _errors = new HandlerErrors(this, "192.0.2.1");

    [Fact]
    public async Task The_error_of_a_handler_is_logged_and_does_not_reach_the_caller()
    {
        var fault = new InvalidOperationException("a fault");
        var handler = new TaskCompletionSource();
        var watching = _errors.WatchAsync(handler.Task, "order");
        Assert.False(watching.IsCompleted);
        handler.SetException(fault);
        await watching;
        Assert.Equal((LogLevel.Error, "The handler of order failed for a client at 192.0.2.1.", fault), Assert.Single(_entries));
    }

    [Fact]
    public async Task A_handler_that_is_cancelled_is_logged_too()
    {
        await _errors.WatchAsync(Task.FromCanceled(new CancellationToken(canceled: true)), "order");
        Assert.IsType<TaskCanceledException>(Assert.Single(_entries).Exception);
    }

    [Fact]
    public async Task A_handler_that_succeeds_is_not_logged()
    {
        await _errors.WatchAsync(Task.CompletedTask, "order");
        Assert.Empty(_entries);
    }

    [Fact]
    public void Errors_of_the_client_are_no_errors_of_the_server()
    {
        _errors.Unreadable("order", new FormatException("not a number"));
        _errors.Refused("a second connect to the same namespace");
        Assert.Equal(
            [
                (LogLevel.Information, "The handler of order could not read the arguments from a client at 192.0.2.1: not a number", null),
                (LogLevel.Information, "Disconnected a client at 192.0.2.1: a second connect to the same namespace.", null),
            ],
            _entries);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Add((logLevel, formatter(state, exception), exception));
}

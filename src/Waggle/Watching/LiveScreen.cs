using Spectre.Console;
using Spectre.Console.Rendering;

namespace Waggle.Watching;

/// <summary>
/// The alternate screen of a terminal, redrawn in each period. At the end the terminal shows its former content, and its history contains nothing of the
/// screen. Each frame reads the terminal's size, so the next frame corrects a resize. The key q ends the screen.
/// </summary>
internal sealed class LiveScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearToEndOfLine = "\e[K";
    private const string ClearBelow = "\e[J";

    private readonly StringWriter _frame = new();
    private readonly IAnsiConsole _console;

    private LiveScreen()
    {
        _console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_frame) });
        _console.Profile.Capabilities.ColorSystem = AnsiConsole.Profile.Capabilities.ColorSystem;
        _console.Profile.Capabilities.Unicode = AnsiConsole.Profile.Capabilities.Unicode;
    }

    /// <param name="draw">Creates a frame from a width and a height.</param>
    public static async Task RunAsync(Func<int, int, IRenderable> draw, TimeSpan period, TimeProvider time, CancellationToken over)
    {
        using var screen = new LiveScreen();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over);
        Console.Out.Write(Enter);
        try
        {
            // The thread that waits for a key lives as long as the process, because a read of a terminal cannot be cancelled.
            if (!Console.IsInputRedirected) QuitKey.Watch(end);
            using var timer = new PeriodicTimer(period, time);
            do screen.Draw(draw);
            while (await timer.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException)
        {
            // The screen has ended.
        }
        finally
        {
            Console.Out.Write(Leave);
        }
    }

    public void Dispose() => _frame.Dispose();

    /// <summary>Converts a frame to the terminal's text: each line overwrites the old one, and no line is cleared before it is redrawn.</summary>
    internal static string Frame(string text, int height)
    {
        var lines = text.TrimEnd('\n').Split('\n').Take(height);
        return $"{Home}{string.Join($"{ClearToEndOfLine}\r\n", lines.Select(l => l.TrimEnd('\r')))}{ClearToEndOfLine}{ClearBelow}";
    }

    private void Draw(Func<int, int, IRenderable> draw)
    {
        var (width, height) = (Console.WindowWidth, Console.WindowHeight);
        // A terminal without a size, such as a pty that was never configured, gets the smallest usual size.
        if (width <= 0 || height <= 0) (width, height) = (80, 24);
        _console.Profile.Width = width;
        _console.Profile.Height = height;
        _frame.GetStringBuilder().Clear();
        _console.Write(draw(width, height));
        Console.Out.Write(Frame(_frame.ToString(), height));
    }
}

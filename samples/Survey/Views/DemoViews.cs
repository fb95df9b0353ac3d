using Spectre.Console;
using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>Selects the view for the output.</summary>
internal static class DemoViews
{
    // A file has no width. This one is enough for the summary's tables.
    private const int PlainWidth = 160;

    public static IDemoView For(DemoOptions options, TimeProvider time)
    {
        if (options.Json) return new JsonView(Console.Out, Console.Error);
        if (!Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi) return new LiveView(AnsiConsole.Console, time);
        var plain = new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No };
        var console = AnsiConsole.Create(plain);
        console.Profile.Width = PlainWidth;
        return new PlainView(console, Console.Out, time);
    }
}

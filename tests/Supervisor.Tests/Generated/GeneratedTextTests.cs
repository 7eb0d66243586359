using BindToInterface.Supervisor.Configuration;

namespace BindToInterface.Supervisor.Tests.Generated;

/// <summary>
/// The documents say what the table of settings says. With BTI_GENERATE=1, as <c>make generate</c> has it, these tests write
/// the documents instead.
/// </summary>
public sealed class GeneratedTextTests
{
    [Fact]
    public void Each_document_is_as_the_table_of_settings_makes_it() => Assert.All(GeneratedText.All, text =>
    {
        if (Environment.GetEnvironmentVariable("BTI_GENERATE") == "1")
        {
            text.Write();
        }

        Assert.True(text.Text == text.Current(), $"{text.File} is not what the table of settings makes: make generate");
    });

    [Fact]
    public void The_manual_has_each_option_and_each_variable() => Assert.All(Setting.All, setting =>
    {
        Assert.Contains($"Fl {setting.Option[1..]}", ManualText.Options(), StringComparison.Ordinal);
        Assert.Contains(setting.Variable is null ? "" : $".It Ev {setting.Variable}\n.Fl {setting.Option[1..]}", ManualText.Environment(), StringComparison.Ordinal);
        Assert.Contains(setting.Variable is null ? "" : $"`{setting.Variable}", OptionTable.All(), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("a plain line", "A plain line.\n")]
    [InlineData("one. Two? Three", "One.\nTwo?\nThree.\n")]
    [InlineData("fails with `ENETUNREACH`", "Fails with\n.Er ENETUNREACH .\n")]
    [InlineData("see `--dns` (default `text`), or `-vv`", "See\n.Fl -dns\n(default\n.Cm text ) ,\nor\n.Fl vv .\n")]
    [InlineData("as `8.8.8.8:53`, `[2001:db8::1]:53`.", "As\n.Ql 8.8.8.8:53 ,\n.Ql [2001:db8::1]:53 .\n")]
    [InlineData("`bti-supervise` stays", ".Nm\nstays.\n")]
    public void What_is_typed_gets_the_macro_of_its_kind(string text, string manual) => Assert.Equal(manual, ManualText.Sentences(text));

    [Theory]
    [InlineData("NAME", " Ar name")]
    [InlineData("ADDRESS[,ADDRESS]", " Ar address Ns Op , Ns Ar address")]
    [InlineData("text|json", " Cm text | json")]
    [InlineData(null, "")]
    public void A_value_gets_the_macro_of_its_kind(string? name, string manual) => Assert.Equal(manual, ManualText.Value(name));
}

namespace BindToInterface.EndToEnd;

/// <summary>How the tests find out what the kernel lacks. Run them with BTI_TESTS_KERNEL_LACKS to see what is skipped.</summary>
public sealed class KernelTests
{
    [Fact]
    public void Each_feature_can_be_tried_and_has_words_of_its_own()
    {
        var features = Enum.GetValues<KernelFeature>();

        Assert.All(features, feature => Assert.Contains(Kernel.ReasonToSkip(feature), (string?[])[null, Kernel.Lack(feature)]));
        Assert.Equal(features.Length, features.Select(Kernel.Lack).Distinct().Count());
    }

    [Fact]
    public void A_wrong_name_of_a_feature_is_an_error_that_names_those_there_are()
    {
        Assert.Equal(KernelFeature.IoUring, Kernel.Named(" iouring "));
        Assert.Contains("IoUring", Assert.Throws<ArgumentException>(() => Kernel.Named("io_uring")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Kernel.Named("77"));
    }
}

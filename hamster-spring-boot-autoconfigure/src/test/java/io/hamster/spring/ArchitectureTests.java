package io.hamster.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ControllerAdvice;

@AnalyzeClasses(packages = "io.hamster.spring", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule onlyTheRedisPackageKnowsSpringDataRedis = noClasses()
            .that()
            .resideOutsideOfPackage("io.hamster.spring.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.data.redis..", "io.lettuce..");

    @ArchTest
    static final ArchRule concernsDoNotKnowEachOther = noClasses()
            .that()
            .resideInAPackage("io.hamster.spring.lock..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.hamster.spring.cache..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule autoConfigurationsArePublicAndFinal = classes()
            .that()
            .areMetaAnnotatedWith(AutoConfiguration.class)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
            .andShould()
            .haveSimpleNameEndingWith("AutoConfiguration");

    @ArchTest
    static final ArchRule nothingIsFoundByComponentScan =
            noClasses().that(DescribedPredicate.not(configuration())).should().beMetaAnnotatedWith(Component.class);

    /** Advice is a bean like any other, but Spring knows it by its annotation, which is a component's too. */
    private static DescribedPredicate<JavaClass> configuration() {
        return DescribedPredicate.describe(
                "configuration classes and advice",
                type -> type.isMetaAnnotatedWith(org.springframework.context.annotation.Configuration.class)
                        || type.isAnnotatedWith(ControllerAdvice.class));
    }
}
